package audit_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// world is a record with its log and two witnesses.
type world struct {
	t       *testing.T
	db      *testkit.Database
	clock   clock.Clock
	key     *audit.Key
	folders []string
	log     *audit.Log
	said    strings.Builder
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: testkit.DB(t), clock: clock.NewFake(time.Now()), folders: []string{t.TempDir(), t.TempDir()}}
	seed := make([]byte, 32)
	_, _ = rand.Read(seed)
	var err error
	if w.key, err = audit.NewKey(seed); err != nil {
		t.Fatal(err)
	}
	w.log = w.logWith(w.folder(0), w.folder(1))
	w.leaves(64)
	return w
}

// leaves sets how many the log grows by between two checkpoints.
func (w *world) leaves(n int) {
	w.t.Helper()
	w.super(fmt.Sprintf(`INSERT INTO policies (key, valid_from, value, source) VALUES ('audit.leaves_per_checkpoint', '2020-01-02', '%d', 'test')
		ON CONFLICT (key, valid_from) DO UPDATE SET value = EXCLUDED.value`, n))
}

func (w *world) folder(n int) audit.Witness { return audit.NewFolder(w.folders[n], w.key.Verifier()) }

// logWith is the same log with other witnesses.
func (w *world) logWith(witnesses ...audit.Witness) *audit.Log {
	w.t.Helper()
	l, err := audit.New(audit.Deps{
		DB: w.db.DB, Clock: w.clock, Random: rand.Reader, Key: w.key, Witnesses: witnesses,
		Log: slog.New(slog.NewTextHandler(&w.said, nil)),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func officer() identity.Actor {
	return identity.Actor{Kind: identity.KindStaff, PersonID: id.New(), UnitID: id.New(), Role: identity.RoleInvestigator}
}

// write adds so many entries, each in a transaction of its own, and returns the
// objects they are about.
func (w *world) write(n int) []uuid.UUID {
	w.t.Helper()
	var all []uuid.UUID
	by := identity.System("test")
	for range n {
		object := id.New()
		all = append(all, object)
		err := w.db.InTx(w.t.Context(), by, func(tx postgres.Tx) error {
			return audit.Record(tx, audit.Entry{Actor: by, Action: "complaint.read", ObjectKind: "complaint", ObjectID: object})
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return all
}

func (w *world) do(what func(context.Context) error) {
	w.t.Helper()
	if err := what(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// minute is what the worker does in a minute.
func (w *world) minute(entries int) {
	w.t.Helper()
	w.write(entries)
	w.do(func(ctx context.Context) error { _, err := w.log.Sequence(ctx); return err })
	w.do(w.log.Sign)
	w.do(w.log.Deliver)
}

func (w *world) witnessed(folders ...int) [][]byte {
	w.t.Helper()
	var all [][]byte
	for _, n := range folders {
		texts, err := audit.ReadCheckpoints(w.folders[n])
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, texts...)
	}
	return all
}

func (w *world) verify() audit.Report {
	w.t.Helper()
	report, err := audit.Verify(w.t.Context(), w.db.DB, w.key.Verifier(), w.witnessed(0, 1))
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

// super runs statements on one connection as the superuser of the database.
func (w *world) super(statements ...string) {
	w.t.Helper()
	conn, err := w.superuser().Conn(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for _, s := range statements {
		if _, err := conn.ExecContext(w.t.Context(), s); err != nil {
			w.t.Fatalf("%s: %v", s, err)
		}
	}
}

func (w *world) superuser() *sql.DB {
	w.t.Helper()
	return w.db.Super(w.t)
}

// number asks the record for one number.
func (w *world) number(query string, args ...any) (n int64) {
	w.t.Helper()
	if err := w.superuser().QueryRowContext(w.t.Context(), query, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}
