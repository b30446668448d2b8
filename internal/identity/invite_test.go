package identity_test

import (
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// newcomer is somebody without a passphrase, with a role in the office.
func (o *office) newcomer(t *testing.T, email string) uuid.UUID {
	t.Helper()
	var person uuid.UUID
	err := o.db.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) (err error) {
		if person, err = o.people.Add(tx, identity.Newcomer{Email: email, Name: "Newcomer"}); err != nil {
			return err
		}
		return o.people.Grant(tx, person, o.unit, identity.RoleInvestigator, uuid.Nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return person
}

func (o *office) invite(t *testing.T, in identity.Invitation) string {
	t.Helper()
	by := identity.Setup("test")
	if in.IssuedBy != uuid.Nil {
		by = identity.Actor{Kind: identity.KindStaff, PersonID: in.IssuedBy, UnitKind: identity.UnitAdministration, Role: identity.RoleAdministrator}
	}
	var code string
	err := o.db.InTx(t.Context(), by, func(tx postgres.Tx) (err error) {
		code, err = o.people.Invite(tx, in)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestTheDatabaseNeverHoldsAnInvitationsCode(t *testing.T) {
	o := newOffice(t)
	code := o.invite(t, identity.Invitation{Person: o.newcomer(t, "new@police.example"), Email: "new@police.example"})
	var dump string
	if err := o.db.Super(t).QueryRow(`SELECT string_agg(i::text, '') FROM invitations i`).Scan(&dump); err != nil {
		t.Fatal(err)
	}
	if len(code) != 26 || strings.Contains(dump, code) {
		t.Fatal("the code stands in the table, or is too short")
	}
}

func TestOnlyAnAdministratorInvitesInTheirOwnName(t *testing.T) {
	o := newOffice(t)
	person := o.newcomer(t, "new@police.example")
	o.invite(t, identity.Invitation{Person: person, Email: "new@police.example", IssuedBy: o.person})
	administrator := identity.Actor{Kind: identity.KindStaff, PersonID: o.person, UnitKind: identity.UnitAdministration, Role: identity.RoleAdministrator}
	investigator := identity.Actor{Kind: identity.KindStaff, PersonID: o.person, UnitKind: identity.UnitPolice, Role: identity.RoleInvestigator}
	for name, c := range map[string]struct {
		actor identity.Actor
		by    uuid.UUID
	}{
		"an investigator":   {investigator, o.person},
		"in another's name": {administrator, person},
	} {
		err := o.db.InTx(t.Context(), c.actor, func(tx postgres.Tx) error {
			_, err := o.people.Invite(tx, identity.Invitation{Person: person, Email: "new@police.example", IssuedBy: c.by})
			return err
		})
		if err == nil {
			t.Errorf("%s invites", name)
		}
	}
}

func TestThereAreNoTwoAccountsOfOneAddress(t *testing.T) {
	o := newOffice(t)
	err := o.db.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
		_, err := o.people.Add(tx, identity.Newcomer{Email: " SOK@police.example", Name: "Another"})
		return err
	})
	if fault.KindOf(err) != fault.Conflict {
		t.Fatalf("err = %v, want Conflict", err)
	}
}
