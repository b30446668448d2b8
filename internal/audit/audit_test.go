package audit_test

import (
	"errors"
	"testing"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
)

func TestADeedAndItsEntryStandOrFallTogether(t *testing.T) {
	db := testkit.DB(t)
	officer := identity.Actor{Kind: identity.KindStaff, PersonID: id.New(), UnitID: id.New(), Role: identity.RoleInvestigator}
	object := id.New()
	record := func(end error) error {
		return db.InTx(t.Context(), officer, func(tx postgres.Tx) error {
			return errors.Join(audit.Record(tx, audit.Entry{Actor: officer, Action: "case.read", ObjectKind: "case", ObjectID: object}), end)
		})
	}
	count := func() (n int) {
		err := db.Super(t).QueryRowContext(t.Context(), `SELECT count(*) FROM audit_entries
			WHERE actor_id = $1 AND unit_id = $2 AND action = 'case.read' AND object_id = $3`, officer.PersonID, officer.UnitID, object).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if err := record(errors.New("the deed failed")); err == nil || count() != 0 {
		t.Fatalf("%d entries of a deed that failed", count())
	}
	if err := record(nil); err != nil || count() != 1 {
		t.Fatalf("%d entries of a deed that was done (%v)", count(), err)
	}
}

func TestAnEntryOfNobodyIsRefused(t *testing.T) {
	db := testkit.DB(t)
	err := db.InTx(t.Context(), identity.System("test"), func(tx postgres.Tx) error {
		return audit.Record(tx, audit.Entry{Action: "case.read", ObjectKind: "case", ObjectID: id.New()})
	})
	if !postgres.Violates(err, "") {
		t.Fatalf("err = %v, want a refusal", err)
	}
}

// Even the owner of the table is stopped by the guard rail. That it can be
// taken down by a superuser, the threat model says.
func TestEntriesAreOnlyEverAdded(t *testing.T) {
	db := testkit.DB(t)
	err := db.InTx(t.Context(), identity.Public(), func(tx postgres.Tx) error {
		return audit.Record(tx, audit.Entry{Actor: identity.Public(), Action: "case.read", ObjectKind: "case", ObjectID: id.New()})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{`UPDATE audit_entries SET action = 'case.hide'`, `DELETE FROM audit_entries`, `TRUNCATE audit_entries`} {
		if _, err := db.Super(t).ExecContext(t.Context(), statement); err == nil {
			t.Errorf("a superuser may, with the triggers in place: %s", statement)
		}
	}
}

func TestTheApplicationCannotDateAnEntryBack(t *testing.T) {
	db := testkit.DB(t)
	_, err := db.As(t, postgres.StaffRole).ExecContext(t.Context(), `INSERT INTO audit_entries (id, at, actor_kind, action, object_kind)
		VALUES ($1, now() - interval '1 day', 'public', 'case.read', 'case')`, id.New())
	if err == nil {
		t.Fatal("an entry of yesterday was written today")
	}
}
