package audit_test

import (
	"errors"
	"testing"

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
		if _, err := db.ExecContext(t.Context(), `INSERT INTO audit_entries (id, actor_kind, action, object_kind) VALUES (gen_random_uuid(), 'public', 'case.read', 'case')`); err != nil {
			t.Errorf("%s cannot add an entry: %v", role, err)
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
	if r := w.verify(); !r.Good() || r.Entries != 8 {
		t.Fatalf("%+v", r)
	}
}
