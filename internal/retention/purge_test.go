package retention_test

import (
	"errors"
	"testing"

	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/retention"
)

func TestTheWorkerEmptiesNothingThatItDidNotIntend(t *testing.T) {
	w := newWorld(t)
	w.file()
	worker := w.db.As(t, postgres.WorkerRole)
	res, err := worker.Exec(`UPDATE complaint_items SET ciphertext = '', shredded_at = now(), policy = 'x'`)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := res.RowsAffected(); n != 0 {
		t.Errorf("%d items emptied without an intent", n)
	}
	if _, err := worker.Exec(`SELECT ciphertext FROM complaint_items`); err == nil {
		t.Error("the worker reads ciphertexts")
	}
	w.exec(`INSERT INTO sessions (id, token_hash, pin, person_id, unit_id, role, created_at, seen_at, fresh_at, expires_at)
		SELECT gen_random_uuid(), sha256('x'), sha256('x'), $1, $2, 'overseer', now(), now(), now(), now() + interval '1 hour'`, w.overseer().PersonID, w.units["oversight"])
	if res, err := worker.Exec(`DELETE FROM sessions`); err != nil {
		t.Fatal(err)
	} else if n, _ := res.RowsAffected(); n != 0 {
		t.Error("the worker ends a session that is open")
	}
}

func TestRowsThatEndedAreDeletedByTheirOwnRule(t *testing.T) {
	w := newWorld(t)
	who := w.overseer()
	for i, age := range []int{400, 200, 1} {
		at := w.clock.Now().AddDate(0, 0, -age)
		w.exec(`INSERT INTO sessions (id, token_hash, pin, person_id, unit_id, role, created_at, seen_at, fresh_at, expires_at)
			VALUES (gen_random_uuid(), sha256($1), sha256($1), $2, $3, 'overseer', $4, $4, $4, $4)`, []byte{byte(i)}, who.PersonID, who.UnitID, at)
		w.exec(`INSERT INTO attempts (bucket, subject, window_at, count) VALUES ('x', 'y', $1, 1)`, at)
		run := w.finding(at, who.PersonID)
		w.exec(`INSERT INTO import_runs (id, kind, file_sha256, started_at, finished_at) VALUES ($1, 'x', repeat('a', 64), $2, $2)`, run, at)
		w.exec(`INSERT INTO import_rejections (run_id, row, reason) VALUES ($1, 1, 'x')`, run)
	}
	w.expire()
	if n := w.count(`SELECT count(*) FROM purges`); n != 0 {
		t.Fatalf("%d purges without a policy", n)
	}
	w.keep(map[retention.Kind]int{retention.Sessions: 365, retention.Attempts: 100, retention.ImportRejections: 100})
	w.expire()
	for table, left := range map[string]int{"sessions": 2, "attempts": 1, "import_rejections": 1} {
		if n := w.count(`SELECT count(*) FROM ` + table); n != left {
			t.Errorf("%d of %s are left, want %d", n, table, left)
		}
	}
	if n := w.count(`SELECT sum(rows) FROM purges p JOIN policies o ON (o.key, o.valid_from) = (p.policy, p.policy_from)`); n != 5 {
		t.Errorf("%d rows are written down", n)
	}
	o, err := w.retention.Overview(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range o.Rules {
		if r.Kind == retention.Attempts && (r.Due == nil || r.Due.Due != 0 || r.Policy == nil || r.Policy.Days != 100) {
			t.Errorf("attempts: %+v", r)
		}
	}
}

func TestARecordKeepsToItsStore(t *testing.T) {
	w := newWorld(t)
	if err := retention.Bind(t.Context(), w.db.DB, w.shred.ID()); err != nil {
		t.Error(err)
	}
	other, err := shred.Open(shred.Options{Dir: t.TempDir() + "/other", Clock: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	if err := retention.Bind(t.Context(), w.db.DB, other.ID()); !errors.Is(err, retention.ErrOtherStore) {
		t.Errorf("another store: %v", err)
	}
}

// The oversight body reads the number: it does not count what accuses one.
func TestWhatIsDueIsCountedWithoutWhatAccusesTheOversightBody(t *testing.T) {
	w := newWorld(t)
	w.keep(everyItem(10)) // so all becomes due within thirty days
	w.keep(map[retention.Kind]int{retention.MailDeliveries: 10, retention.ReceiptSessions: 10})
	accusing, later := w.file(), w.file()
	w.file()
	branch, top := id.New(), id.New()
	w.exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'top', 'ministry', '{"en":"x"}')`, top)
	w.exec(`INSERT INTO units (id, code, kind, name, parent_id) VALUES ($1, 'branch', 'oversight', '{"en":"x"}', $2)`, branch, top)
	w.exec(`INSERT INTO complaint_exclusions (complaint_id, unit_id, why) VALUES ($1, $2, 'accused'), ($3, $4, 'accused')`, accusing.ID, w.units["oversight"], later.ID, top)
	w.expire()
	o, err := w.retention.Overview(t.Context(), w.overseer())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range o.Rules {
		switch r.Kind {
		case retention.Narrative:
			if r.Due == nil || r.Due.Due != 1 {
				t.Errorf("narratives: %+v", r.Due)
			}
		case retention.MailDeliveries, retention.ReceiptSessions:
			if r.Due != nil {
				t.Errorf("%s follow from what accuses anybody: %+v", r.Kind, r.Due)
			}
		default:
		}
	}
}
