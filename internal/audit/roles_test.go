package audit_test

import (
	"errors"
	"testing"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/jackc/pgx/v5/pgconn"
)

// Every role adds entries; none but the worker's sees the log grow, and none at
// all takes something away.
func TestTheApplicationMayOnlyAppend(t *testing.T) {
	w := newWorld(t)
	w.minute(3)
	for _, role := range []string{postgres.PublicRole, postgres.DoorRole, postgres.StaffRole, postgres.WorkerRole, postgres.SetupRole} {
		db := w.db.As(t, role)
		const add = `INSERT INTO audit_entries (id, actor_kind, action, object_kind) VALUES (gen_random_uuid(), 'public', 'case.read', 'case')`
		if _, err := db.ExecContext(t.Context(), add); (err != nil) != (role == postgres.StaffRole) {
			t.Errorf("%s adds an entry of the public: %v", role, err)
		}
		refused := []string{
			`UPDATE audit_entries SET action = 'case.hide'`, `DELETE FROM audit_entries`, `TRUNCATE audit_entries`, `UPDATE audit_entries SET salt = ''`,
			`UPDATE audit_leaves SET position = 99`, `DELETE FROM audit_leaves`, `TRUNCATE audit_leaves`,
			`UPDATE audit_padding SET leaves = 1`, `DELETE FROM audit_padding`,
			`DELETE FROM audit_tiles`, `TRUNCATE audit_tiles`, `UPDATE audit_tiles SET n = 7`,
			`UPDATE audit_checkpoints SET note = ''`, `DELETE FROM audit_checkpoints`, `DELETE FROM audit_witnesses`,
			`INSERT INTO audit_entries (id, at, actor_kind, action, object_kind) VALUES (gen_random_uuid(), now() - interval '1 day', 'public', 'case.read', 'case')`,
			`INSERT INTO audit_entries (id, salt, actor_kind, action, object_kind) VALUES (gen_random_uuid(), '', 'public', 'case.read', 'case')`,
		}
		if role != postgres.WorkerRole {
			refused = append(refused, `SELECT FROM audit_leaves`, `SELECT FROM audit_padding`, `SELECT FROM audit_tiles`, `SELECT FROM audit_pending`,
				`DELETE FROM audit_pending`, `SELECT FROM audit_witnesses`, `INSERT INTO audit_checkpoints VALUES (7, now(), '')`, `INSERT INTO audit_leaves VALUES (7, gen_random_uuid())`)
		}
		for _, statement := range refused {
			_, err := db.ExecContext(t.Context(), statement)
			if refusal, ok := errors.AsType[*pgconn.PgError](err); !ok || refusal.Code != "42501" {
				t.Errorf("%s: %s: %v", role, statement, err)
			}
		}
	}
	w.minute(0)
	if r := w.verify(); !r.Good() || r.Entries != 7 {
		t.Fatalf("%+v", r)
	}
}

// A hole in the public site, or in a page of one officer, must not speak for
// another.
func TestNobodyAddsADeedInAnothersName(t *testing.T) {
	w := newWorld(t)
	one, other := officer(), officer()
	record := func(under, named identity.Actor) error {
		return w.db.InTx(t.Context(), under, func(tx postgres.Tx) error {
			return audit.Record(tx, audit.Entry{Actor: named, Action: "case.read", ObjectKind: "case", ObjectID: id.New()})
		})
	}
	if err := errors.Join(record(one, one), record(identity.Public(), identity.Public())); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"an officer for another": record(one, other), "an officer for the public": record(one, identity.Public()),
		"an officer for the portal": record(one, identity.System("x")), "the public for an officer": record(identity.Public(), one),
		"the public for the portal": record(identity.Public(), identity.System("x")),
	} {
		if err == nil {
			t.Errorf("%s is recorded", what)
		}
	}
}
