package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
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

// decision is a row that says that two people decided about the person.
func (o *office) decision(t *testing.T, about, by uuid.UUID) uuid.UUID {
	t.Helper()
	key := id.New()
	o.super(t, `INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at)
		VALUES ($1, 'person.readmit', $2, $3, '{}', sha256('{}'), false, $4, $3, now())`, key, about, o.unit, by)
	return key
}

// What two people agreed to is an account with certain roles and a certain key.
func TestAReadmissionEndsWithWhatItSpokeOf(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, o *office)
		until  time.Duration
		want   string
	}{
		"nothing has changed": {},
		"another role": {change: func(t *testing.T, o *office) {
			o.super(t, `INSERT INTO memberships (person_id, unit_id, role) VALUES ($1, $2, 'agency_clerk')`, o.person, o.unit)
		}, want: "account.invitation.refused"},
		"a role less": {change: func(t *testing.T, o *office) {
			o.super(t, `DELETE FROM memberships WHERE person_id = $1`, o.person)
		}, want: "account.invitation.refused"},
		"another key": {change: func(t *testing.T, o *office) {
			o.super(t, `UPDATE member_keys SET id = 'm-0123456789abcdef' WHERE person_id = $1`, o.person)
		}, want: "account.invitation.refused"},
		"another digest in the row": {change: func(t *testing.T, o *office) {
			o.super(t, `UPDATE invitations SET holding = 'x'`)
		}, want: "account.invitation.refused"},
		"the approvals are too old": {change: func(_ *testing.T, o *office) { o.clock.Advance(time.Hour) }, until: time.Hour, want: "account.invitation.refused"},
	} {
		o := newOffice(t)
		in := identity.Invitation{Person: o.person, Email: sok, IssuedBy: o.newcomer(t, "admin@police.example")}
		in.Decision = o.decision(t, o.person, in.IssuedBy)
		if c.until > 0 {
			in.Until = o.clock.Now().Add(c.until)
		}
		code := o.invite(t, in)
		if c.change != nil {
			c.change(t, o)
		}
		_, err := o.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: "seven quiet rivers"})
		if fault.FieldsOf(err)["code"] != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
