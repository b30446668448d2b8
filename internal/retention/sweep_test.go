package retention_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/retention"
)

// A key that no complaint came for goes after more than a week, and none that
// one came for.
func TestKeysOfComplaintsThatNeverCameAreSwept(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	lost, err := w.shred.Take(3)
	if err != nil {
		t.Fatal(err)
	}
	w.expire()
	for range 7 {
		w.clock.Advance(24 * time.Hour)
		w.expire()
	}
	for _, k := range lost {
		if _, err := w.shred.Secret(k.Slot); err != nil {
			t.Fatalf("swept after a week at once: %v", err)
		}
	}
	// The range is closed now: a complaint that comes so late is refused, not lost.
	if n := w.count(`SELECT count(*) FROM shred_marks WHERE closed_at IS NOT NULL`); n == 0 {
		t.Fatal("nothing is closed after a week")
	}
	if _, err := w.super.Exec(`INSERT INTO complaint_items (complaint_id, item, schema, slot, ciphertext) VALUES ($1, 'originals', 1, $2, 'x')`, f.ID, lost[0].Slot); !postgres.Violates(err, "complaint_items_slot_open") {
		t.Errorf("an item with a key of a week ago: %v", err)
	}
	late := w.file()
	for range 2 {
		w.clock.Advance(24 * time.Hour)
		w.expire()
	}
	for _, k := range lost {
		if _, err := w.shred.Secret(k.Slot); err == nil {
			t.Error("an orphan is left")
		}
	}
	for name, f := range map[string]filed{"of the first day": f, "of after the closing": late} {
		if mine, err := w.byReceipt(f); err != nil || len(mine.Contents.Deleted) > 0 {
			t.Errorf("a complaint %s: %v", name, err)
		}
	}
}

// An old copy of the store that takes the place of the store brings keys back;
// the next round destroys them again and says so.
func TestWhatAnOldCopyBringsBackIsDestroyedAgain(t *testing.T) {
	w := newWorld(t)
	w.keep(everyItem(365))
	f := w.file()
	var slot int64
	if err := w.super.QueryRow(`SELECT slot FROM complaint_items WHERE complaint_id = $1 AND item = 'narrative'`, f.ID).Scan(&slot); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	err := filepath.WalkDir(w.shredDir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files[path], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.years(1)
	w.expire()
	if _, err := w.shred.Secret(slot); !errors.Is(err, shred.ErrDestroyed) {
		t.Fatalf("the key of what was deleted: %v", err)
	}
	for path, old := range files {
		if err := os.WriteFile(path, old, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.shred.Secret(slot); err != nil {
		t.Fatalf("the old copy brings nothing back: %v", err)
	}
	w.expire()
	if _, err := w.shred.Secret(slot); !errors.Is(err, shred.ErrDestroyed) {
		t.Errorf("the key is still there: %v", err)
	}
	if !strings.Contains(w.log.String(), "destroyed again") {
		t.Errorf("the log is silent: %s", w.log.String())
	}
}

// Whoever writes with the application's role writes deletions down that never
// were: of something held, under any rule, with any pin.
func TestADeletionThatWasOnlyWrittenDownDestroysNothing(t *testing.T) {
	w := newWorld(t)
	w.keep(everyItem(365))
	old, held := w.file(), w.file()
	if _, err := w.retention.Place(t.Context(), w.overseer(), retention.Held{Complaint: held.ID}, "prosecution"); err != nil {
		t.Fatal(err)
	}
	w.years(1)
	w.expire()
	if n := w.forgedShreddings(); n != 0 {
		t.Fatalf("%d genuine deletions are taken for forged", n)
	}
	worker := w.db.As(t, postgres.WorkerRole)
	const intend = `INSERT INTO shreddings (id, complaint_id, item, slot, policy, policy_from, due_at, intended_at)
		SELECT gen_random_uuid(), complaint_id, item, slot, 'audit.leaves_per_checkpoint', '2020-01-01', now(), now() FROM complaint_items WHERE complaint_id = $1`
	if _, err := worker.Exec(intend, held.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := worker.Exec(`UPDATE shreddings SET shredded_at = now() WHERE complaint_id = $1`, held.ID); err == nil {
		t.Error("a deletion without a pin is written down")
	}
	// The pins of real deletions, at other keys.
	_, err := worker.Exec(`UPDATE shreddings s SET shredded_at = g.shredded_at, pin = g.pin FROM shreddings g
		WHERE s.complaint_id = $1 AND g.complaint_id = $2 AND g.item = s.item`, held.ID, old.ID)
	if err != nil {
		t.Fatal(err)
	}
	entries := w.count(`SELECT count(*) FROM audit_entries`)
	w.expire()
	if mine, err := w.byReceipt(held); err != nil || len(mine.Contents.Deleted) > 0 {
		t.Errorf("what is held is gone: %v", err)
	}
	if n := w.count(`SELECT count(*) FROM audit_entries`); n < entries {
		t.Errorf("%d entries after %d", n, entries)
	}
	if n := w.forgedShreddings(); n != items {
		t.Errorf("%d forged deletions are counted, want %d", n, items)
	}
	if !strings.Contains(w.log.String(), "deletions that the portal did not carry out") {
		t.Errorf("the log is silent: %s", w.log.String())
	}
	if _, err := worker.Exec(`UPDATE complaint_items SET ciphertext = '', shredded_at = now(), policy = 'x' WHERE complaint_id = $1 AND item = 'narrative'`, held.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.super.Exec(`DELETE FROM shreddings WHERE complaint_id = $1`, held.ID); err != nil {
		t.Fatal(err)
	}
	if n := w.forgedShreddings(); n != 1 {
		t.Errorf("an item that was emptied by hand: %d are counted", n)
	}
}

// What one item's rule says goes for its own key.
func TestADeletionNamesTheKeyOfItsOwnItem(t *testing.T) {
	w := newWorld(t)
	w.keep(everyItem(365))
	due, other := w.file(), w.file()
	w.years(1)
	_, err := w.db.As(t, postgres.WorkerRole).Exec(`INSERT INTO shreddings (id, complaint_id, item, slot, policy, policy_from, due_at, intended_at)
		SELECT gen_random_uuid(), $1, item, slot, 'audit.leaves_per_checkpoint', '2020-01-01', now(), now() FROM complaint_items WHERE complaint_id = $2`, due.ID, other.ID)
	if !postgres.Violates(err, "shreddings_complaint_id_item_slot_fkey") {
		t.Errorf("a deletion of one item names the key of another: %v", err)
	}
}

func (w *world) forgedShreddings() int {
	w.t.Helper()
	n, err := w.retention.ForgedShreddings(w.t.Context(), identity.System("test"))
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}
