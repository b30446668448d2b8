package identity_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

func TestASessionCarriesThePersonsOwnKey(t *testing.T) {
	o := newOffice(t)
	token := o.signIn(t)
	s, err := o.sessions.Recognise(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	member, err := s.Member(token)
	if err != nil || member.Locked() {
		t.Fatalf("locked: %v", err)
	}
	if _, err := s.Member("another-token-of-26-letters"); err == nil {
		t.Error("another token unlocks the key")
	}
	err = o.db.Read(t.Context(), s.Actor, func(tx postgres.Tx) error {
		public, err := testkit.People(o.clock).Key(tx, o.person, "")
		if err == nil && public.ID != member.ID() {
			t.Errorf("key %s, session holds %s", public.ID, member.ID())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Each statement is what somebody with the whole database, and without the key
// folder, would write to become an investigator.
func TestTheDatabaseAloneMakesNobodyAPerson(t *testing.T) {
	for name, forge := range map[string]func(*office){
		"another's verifier": func(o *office) {
			other := o.db.Hire(t, o.clock, "clerk@police.example", "Clerk", o.unit, identity.RoleDutyOfficer)
			o.super(t, `UPDATE credentials c SET verifier = o.verifier, pin = o.pin FROM credentials o WHERE c.person_id = $1 AND o.person_id = $2`, o.person, other)
		},
		"a role of one's own choice": func(o *office) { o.super(t, `UPDATE memberships SET role = 'commander'`) },
		"a unit of one's own choice": func(o *office) { o.super(t, `UPDATE memberships SET unit_id = $1`, o.otherUnit(t)) },
		"a decision of one's own make": func(o *office) {
			o.super(t, `UPDATE memberships SET decision_id = $1`, o.decision(t, o.person, o.person))
		},
		"an account that was closed": func(o *office) {
			o.super(t, `UPDATE people SET deactivated_at = now()`)
			o.super(t, `UPDATE people SET deactivated_at = NULL, return_pin = 'x'`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			forge(o)
			if _, err := o.attempt(t, "sok@police.example", passphrase, ""); fault.KindOf(err) != fault.Invalid {
				t.Errorf("signed in: %v", err)
			}
		})
	}
}

func TestASessionThatWasChangedInTheDatabaseHasEnded(t *testing.T) {
	o := newOffice(t)
	other := o.db.Hire(t, o.clock, "clerk@police.example", "Clerk", o.unit, identity.RoleInvestigator)
	token := o.signIn(t)
	o.super(t, `UPDATE sessions SET person_id = $1`, other)
	if o.alive(t, token) {
		t.Error("somebody's session is now another person's")
	}
	o.super(t, `UPDATE sessions SET person_id = $1`, o.person)
	if !o.alive(t, token) {
		t.Error("the session as it was is refused")
	}
}

func TestOnlyGenuineMembersWithAGenuineKeyAreListed(t *testing.T) {
	o := newOffice(t)
	o.db.Hire(t, o.clock, "two@police.example", "Two Hats", o.unit, identity.RoleInvestigator, identity.RoleDutyOfficer)
	intruder := o.db.Hire(t, o.clock, "clerk@administration.example", "Intruder", o.otherUnit(t), identity.RoleAdministrator)
	list := func() map[string]int {
		t.Helper()
		names := map[string]int{}
		by := identity.Actor{Kind: identity.KindStaff, PersonID: o.person, UnitID: o.unit, Role: identity.RoleInvestigator}
		err := o.db.Read(t.Context(), by, func(tx postgres.Tx) error {
			all, err := testkit.People(o.clock).Members(tx, o.unit)
			for _, m := range all {
				names[m.Name] = len(m.Roles)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	if got := list(); len(got) != 2 || got["Sok"] != 1 || got["Two Hats"] != 2 {
		t.Fatalf("members = %v", got)
	}
	o.super(t, `INSERT INTO memberships (person_id, unit_id, role) VALUES ($1, $2, 'investigator')`, intruder, o.unit)
	o.super(t, `UPDATE member_keys SET public = (SELECT public FROM member_keys WHERE person_id = $1) WHERE person_id = $2`, intruder, o.person)
	if got := list(); len(got) != 1 || got["Two Hats"] != 2 {
		t.Fatalf("after writing into the database: %v", got)
	}
}

func (o *office) super(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := o.db.Super(t).Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

func (o *office) otherUnit(t *testing.T) uuid.UUID {
	t.Helper()
	unit := id.New()
	o.super(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, 'elsewhere', 'administration', '{"en":"Elsewhere"}')`, unit)
	return unit
}
