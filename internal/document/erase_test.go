package document_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/google/uuid"
)

func TestWhatIsRemovedIsErasedForGood(t *testing.T) {
	o := open(t, "police")
	key, kept := o.add(t, o.heads[0]), o.add(t, o.heads[0])
	slots := o.slots(t, key)
	if err := o.Remove(t.Context(), o.heads[0], key); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Open(t.Context(), o.heads[0], key, 1); fault.KindOf(err) != fault.NotFound {
		t.Errorf("at once: %v", err)
	}
	if f, err := o.Read(t.Context(), o.officer, key); err != nil || !f.Removed() || f.Name != "" {
		t.Errorf("%+v, %v", f, err)
	}
	if err := o.Remove(t.Context(), o.heads[0], key); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second time: %v", err)
	}
	o.keep(t)
	for _, slot := range slots {
		if _, err := o.shred.Secret(slot); !errors.Is(err, shred.ErrDestroyed) {
			t.Errorf("slot %d: %v", slot, err)
		}
	}
	if n := len(o.files(t)); n != 2 {
		t.Errorf("%d blobs, want those of the other document", n)
	}
	if n := o.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'document.erased' AND object_id = $1`, key); n != 1 {
		t.Errorf("%d entries", n)
	}
	if _, err := o.Open(t.Context(), o.heads[0], kept, 1); err != nil {
		t.Errorf("the other: %v", err)
	}
}

func TestAHoldKeepsWhatWasRemovedUntilItIsLifted(t *testing.T) {
	o := open(t, "police")
	key := o.add(t, o.heads[0])
	hold, err := o.retention.Place(t.Context(), o.overseer, retentionOf(o.heads[0].AgencyID), "prosecution")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Remove(t.Context(), o.heads[0], key); err != nil {
		t.Fatal(err)
	}
	o.keep(t)
	for range 2 {
		if err := o.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := o.original(t, key); err != nil || len(got) == 0 {
		t.Fatalf("under a hold: %v", err)
	}
	// A lifting that somebody wrote past the portal counts for nothing.
	o.exec(t, `ALTER TABLE holds DISABLE TRIGGER ALL`)
	o.exec(t, `UPDATE holds SET lifted_at = now(), lift_pin = 'x', lift_decision = $1, lift_proposed_by = placed_by, lift_proposed_unit = placed_unit,
		lift_approved_by = $2, lift_approved_unit = $3 WHERE id = $4`, uuid.New(), o.officer.PersonID, o.officer.UnitID, hold)
	if err := o.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.original(t, key); err != nil {
		t.Fatalf("after a forged lifting: %v", err)
	}
	o.exec(t, `DELETE FROM holds WHERE id = $1`, hold)
	if err := o.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := o.count(t, `SELECT count(*) FROM documents WHERE erased_at IS NOT NULL`); n != 1 {
		t.Error("it was not erased")
	}
}

func TestARowThatThePortalDidNotWriteDestroysNothing(t *testing.T) {
	o := open(t, "police")
	key, other := o.add(t, o.heads[0]), o.add(t, o.heads[0])
	slots := o.slots(t, key)
	o.exec(t, `UPDATE documents SET removed_at = now(), removed_by = $1, removal_pin = 'forged' WHERE id = $2`, o.heads[0].PersonID, key)
	// A removal that is genuine, of a document whose part points at another's key.
	if err := o.Remove(t.Context(), o.heads[0], other); err != nil {
		t.Fatal(err)
	}
	o.exec(t, `ALTER TABLE document_parts DISABLE TRIGGER ALL`)
	o.exec(t, `UPDATE document_parts SET slot = 1000 + slot WHERE document_id = $1`, key)
	o.exec(t, `UPDATE document_parts SET slot = $1 WHERE document_id = $2 AND part = 'view'`, slots[0], other)
	o.keep(t)
	if err := o.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, slot := range slots {
		if _, err := o.shred.Secret(slot); err != nil {
			t.Errorf("slot %d: %v", slot, err)
		}
	}
	if !bytes.Contains(o.log.Bytes(), []byte("did not write")) {
		t.Error("nothing is said")
	}
}

func TestKeysThatComeBackWithAnOldCopyAreDestroyedAgainAndOrphansGo(t *testing.T) {
	o := open(t, "police")
	key := o.add(t, o.heads[0])
	slots, file := o.slots(t, key), filepath.Join(o.shredDir, "slots-000000")
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Remove(t.Context(), o.heads[0], key); err != nil {
		t.Fatal(err)
	}
	o.keep(t)
	if err := os.WriteFile(file, old, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := o.shred.Secret(slots[0]); err != nil {
		t.Fatal("the old copy is not in place")
	}
	orphan, err := o.blobs.Put([]byte("sealed and never committed"))
	if err != nil {
		t.Fatal(err)
	}
	kept := o.add(t, o.heads[0])
	if err := o.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, slot := range slots {
		if _, err := o.shred.Secret(slot); !errors.Is(err, shred.ErrDestroyed) {
			t.Errorf("slot %d: %v", slot, err)
		}
	}
	if b, err := o.blobs.Get(orphan); err != nil {
		t.Errorf("a young one is gone: %v", err)
	} else {
		_ = b.Close()
	}
	o.clock.Advance(100 * 365 * 24 * time.Hour) // past whatever day the files were written on
	if err := o.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(o.files(t)); n != 2 {
		t.Errorf("%d blobs, want 2", n)
	}
	if _, err := o.Open(t.Context(), o.officer, kept, 1); err != nil {
		t.Error(err)
	}
}

func TestTheSweepOfUnusedShredKeysLeavesThoseOfDocuments(t *testing.T) {
	o := open(t, "police")
	key := o.add(t, o.heads[0])
	if _, err := o.shred.Take(3); err != nil {
		t.Fatal(err)
	}
	for range 12 {
		if err := o.retention.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.clock.Advance(24 * time.Hour)
	}
	if n := o.count(t, `SELECT count(*) FROM shred_marks WHERE swept_at IS NOT NULL`); n == 0 {
		t.Fatal("nothing was swept")
	}
	if _, err := o.Open(t.Context(), o.heads[0], key, 1); err != nil {
		t.Error(err)
	}
}
