package retention_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
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
	w.file()
	w.years(1)
	w.expire()
	// As the record would look beside an older store: a slot with a key, which
	// the record says was destroyed.
	keys, err := w.shred.Take(1)
	if err != nil {
		t.Fatal(err)
	}
	w.exec(`UPDATE shreddings SET slot = $1 WHERE item = 'narrative'`, keys[0].Slot)
	w.expire()
	if _, err := w.shred.Secret(keys[0].Slot); err == nil {
		t.Error("the key is still there")
	}
	if !strings.Contains(w.log.String(), "destroyed again") {
		t.Errorf("the log is silent: %s", w.log.String())
	}
}
