package audit_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/platform/clock"
)

// forget undoes the log from a size below 256 on and lets every entry of it wait anew,
// as somebody does who wants another history to be signed.
func (w *world) forget(from string) {
	w.t.Helper()
	w.super(unguarded,
		`DELETE FROM audit_checkpoints WHERE size > `+from, `DELETE FROM audit_padding WHERE first >= `+from,
		`INSERT INTO audit_pending SELECT entry_id FROM audit_leaves WHERE position >= `+from+` ON CONFLICT DO NOTHING`,
		`DELETE FROM audit_leaves WHERE position >= `+from,
		`UPDATE audit_tiles SET hashes = substr(hashes, 1, 32*`+from+`) WHERE `+from+` > 0`,
		`DELETE FROM audit_tiles WHERE level > 0 OR n > 0 OR `+from+` = 0`)
}

// The worker's own key cannot be used to make a false history good: the
// witnesses do not take it.
func TestARecordThatIsSetBackIsFound(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.minute(5)
	}
	// An old backup: the second half of the history is gone, entries too.
	w.super(unguarded, `DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM audit_leaves WHERE position >= 64)`)
	w.forget("64")
	w.super(`DELETE FROM audit_pending`)
	w.found(t, []string{audit.FoundCut})
	for range 4 {
		w.minute(5)
	}
	w.found(t, []string{audit.FoundTree})
	if !strings.Contains(w.said.String(), "refuses the audit log") {
		t.Error("no witness refused the log that was set back, and nothing is in the log file")
	}
	if err := w.log.Health(t.Context()); err == nil || !strings.Contains(err.Error(), "refuses") {
		t.Errorf("doctor says %v", err)
	}
}

func TestARecordThatIsSetBackAndNotYetAsLongIsRefusedToo(t *testing.T) {
	w := newWorld(t)
	w.do(func(context.Context) error { w.minute(5); w.minute(5); w.minute(5); return nil })
	w.forget("64")
	w.super(`UPDATE audit_witnesses SET size = 64`)
	w.minute(5)
	if err := w.log.Health(t.Context()); err == nil || !strings.Contains(err.Error(), "refuses") {
		t.Errorf("doctor says %v", err)
	}
}

// One history for one witness, another for the other.
func TestAForkIsFound(t *testing.T) {
	w := newWorld(t)
	w.minute(3)
	one, two := w.logWith(w.folder(0)), w.logWith(w.folder(1))
	for _, l := range []*audit.Log{one, two} {
		w.write(4)
		w.do(l.Sign)
		w.do(l.Deliver)
		if l == one {
			w.forget("64")
			w.super(unguarded, `DELETE FROM audit_entries WHERE id = (SELECT entry_id FROM audit_pending LIMIT 1)`)
		}
	}
	w.found(t, []string{audit.FoundFork})
}

// The whole log made anew, hashes, checkpoints and all, by somebody who holds
// the database and not the key.
func TestALogRecomputedWithoutTheKeyIsFound(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.minute(5)
	}
	w.super(unguarded, `UPDATE audit_entries SET action = 'complaint.hide' WHERE id = `+entry)
	w.forget("0")
	seed := make([]byte, 32)
	_, _ = rand.Read(seed)
	own, err := audit.NewKey(seed)
	if err != nil {
		t.Fatal(err)
	}
	forger, err := audit.New(audit.Deps{DB: w.db.DB, Clock: clock.System{}, Random: rand.Reader, Key: own, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		w.do(forger.Sign)
	}
	w.found(t, []string{audit.FoundSignature})
	if err := w.log.Sign(t.Context()); err == nil {
		t.Error("the true key went on from a forged checkpoint")
	}
	// And with the portal's own worker instead of a key.
	w.forget("0")
	for range 3 {
		w.minute(0)
	}
	w.found(t, []string{audit.FoundTree})
}

// What is younger than the last witnessed checkpoint can be altered unseen;
// the report says how much that is.
func TestTheWindowIsStated(t *testing.T) {
	w := newWorld(t)
	w.minute(5)
	w.write(3)
	w.super(unguarded, `DELETE FROM audit_entries WHERE id = (SELECT entry_id FROM audit_pending LIMIT 1)`)
	r := w.verify()
	if !r.Good() || r.Unwitnessed != 2 || r.WitnessedLeaves != 64 || r.WitnessedAt.IsZero() {
		t.Fatalf("%+v", r)
	}
}
