package people_test

import (
	"database/sql"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

func (m *ministry) mayEnter(t *testing.T, name string) error {
	t.Helper()
	_, err := m.sessions.SignIn(t.Context(), identity.Attempt{Email: name + "@example.example", Passphrase: testkit.Passphrase})
	return err
}

func (m *ministry) wantReopened(t *testing.T, want ...uuid.UUID) {
	t.Helper()
	err := m.db.Read(t.Context(), identity.System("audit"), func(tx postgres.Tx) error {
		found, err := people.Reopened(tx, testkit.People(m.clock))
		if len(found) != len(want) || len(want) == 1 && found[0] != want[0] {
			t.Errorf("reported as opened past the portal: %v, want %v", found, want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAReturnThatNobodySignedOpensNothing(t *testing.T) {
	m := open(t)
	second := m.second.PersonID
	if err := m.people.Deactivate(t.Context(), m.admin.Actor, second); err != nil {
		t.Fatal(err)
	}
	m.hire(t, "third", "administration", identity.RoleAdministrator)
	third := m.signIn(t, "third")
	reopen := func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE people SET deactivated_at = NULL, return_pin = 'x' WHERE id = $1`, second)
		return err
	}
	if err := m.byHand(t, "person.reactivate", second, "{}", third, m.admin, reopen); err != nil {
		t.Fatal(err)
	}
	if err := m.mayEnter(t, "second"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("signs in: %v", err)
	}
	if _, err := m.sessions.Recognise(t.Context(), m.second.token); err == nil {
		t.Error("the session of before goes on")
	}
	m.wantReopened(t, second)

	// What is closed again by the portal comes back by two people.
	if err := m.people.Deactivate(t.Context(), m.admin.Actor, second); err != nil {
		t.Fatal(err)
	}
	proposal, err := m.people.ProposeReturn(t.Context(), m.admin.Actor, second)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.approve(t, third, proposal); err != nil {
		t.Fatal(err)
	}
	if err := m.mayEnter(t, "second"); err != nil {
		t.Errorf("after a genuine return: %v", err)
	}
}

// The pin of a return is of that one: kept, it opens no later closing.
func TestAReturnIsGoodUntilTheNextClosing(t *testing.T) {
	m := open(t)
	officer := m.hire(t, "officer", "ministry", identity.RoleLicensingOfficer)
	back := func() {
		proposal, err := m.people.ProposeReturn(t.Context(), m.admin.Actor, officer.PersonID)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.approve(t, m.second, proposal); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := m.people.Deactivate(t.Context(), m.admin.Actor, officer.PersonID); err != nil {
			t.Fatal(err)
		}
		if m.count(t, `SELECT count(*) FROM people WHERE id = $1 AND closings = 1`, officer.PersonID) == 1 {
			back()
			m.wantReopened(t)
		}
	}
	err := m.byHand(t, "person.reactivate", officer.PersonID, "{}", m.second, m.admin, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE people SET deactivated_at = NULL WHERE id = $1`, officer.PersonID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.mayEnter(t, "officer"); err == nil {
		t.Error("the pin of an earlier return opens the account")
	}
	m.wantReopened(t, officer.PersonID)
}

// Whoever owns the database can put the row back as it was; the record of deeds
// tells.
func TestAClosingThatWasUndoneInTheDatabaseIsReported(t *testing.T) {
	m := open(t)
	if err := m.people.Deactivate(t.Context(), m.admin.Actor, m.second.PersonID); err != nil {
		t.Fatal(err)
	}
	m.super(t, `SET LOCAL session_replication_role = replica; UPDATE people SET deactivated_at = NULL, closings = 0 WHERE name = 'second'`)
	m.wantReopened(t, m.second.PersonID)
}

func TestTheHostClosesAnAccountAsAnAdministratorDoes(t *testing.T) {
	m := open(t)
	host := identity.NewOperator(m.db.DB, testkit.People(m.clock))
	officer := m.hire(t, "officer", "ministry", identity.RoleLicensingOfficer)
	for name, c := range map[string]colleague{"commander": m.commander, "officer": officer} {
		if err := host.Deactivate(t.Context(), name+"@example.example"); err != nil {
			t.Fatal(err)
		}
		if n := m.count(t, `SELECT count(*) FROM sessions WHERE person_id = $1 AND revoked_at IS NULL`, c.PersonID); n != 0 {
			t.Errorf("%s: %d sessions are open", name, n)
		}
		if m.has(t, c.PersonID, identity.RoleCommander) {
			t.Error("a role that reads cases outlives it")
		}
		proposal, err := m.people.ProposeReturn(t.Context(), m.admin.Actor, c.PersonID)
		if err != nil {
			t.Fatal(err)
		}
		if page, err := m.decisions.Get(t.Context(), m.admin.Actor, proposal); err != nil || page.UnitKind != identity.UnitAdministration || len(page.Missing) != 0 {
			t.Errorf("%s: waits for a %s unit, missing %v, %v", name, page.UnitKind, page.Missing, err)
		}
		if err := m.approve(t, m.second, proposal); err != nil {
			t.Errorf("%s comes back: %v", name, err)
		}
		if _, err := m.sessions.Recognise(t.Context(), c.token); err == nil {
			t.Errorf("%s: the session of before lives again", name)
		}
	}
}

// An account that was closed by halves opens without what was left of it.
func TestDeactivatingAgainTakesWhatIsLeft(t *testing.T) {
	m := open(t)
	m.super(t, `UPDATE people SET deactivated_at = now() WHERE id = $1`, m.commander.PersonID)
	if err := m.people.Deactivate(t.Context(), m.admin.Actor, m.commander.PersonID); err != nil {
		t.Fatal(err)
	}
	if m.has(t, m.commander.PersonID, identity.RoleCommander) || m.count(t, `SELECT count(*) FROM sessions WHERE person_id = $1 AND revoked_at IS NULL`, m.commander.PersonID) != 0 {
		t.Error("a role or a session is left")
	}
}

// A grant and a deactivation at the same time: whichever comes second sees the
// other.
func TestNobodyIsDeactivatedAndGrantedARoleAtOnce(t *testing.T) {
	m := open(t)
	for range 8 {
		person := m.newcomer(t)
		proposal, err := m.people.GiveRole(t.Context(), m.admin.Actor, person, m.units["police"], identity.RoleInvestigator)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 2)
		go func() { done <- m.approve(t, m.commander, proposal) }()
		go func() { done <- m.people.Deactivate(t.Context(), m.admin.Actor, person) }()
		first, second := <-done, <-done
		if m.has(t, person, identity.RoleInvestigator) {
			t.Errorf("deactivated, with a role that reads cases: %v, %v", first, second)
		}
		for _, err := range []error{first, second} {
			if err != nil && fault.CodeOf(err) != "people.deactivated" {
				t.Errorf("neither came second: %v", err)
			}
		}
	}
}

func TestOnlyHeadsOfAgenciesDismissClerks(t *testing.T) {
	m := open(t)
	clerk := m.db.Hire(t, m.clock, "clerk@example.example", "clerk", m.units["police"], identity.RoleAgencyClerk)
	err := m.asStaff(t, m.commander.PersonID, m.units["police"], "police", "agency_head", func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM memberships WHERE person_id = $1`, clerk)
		return err
	})
	if err != nil || !m.has(t, clerk, identity.RoleAgencyClerk) {
		t.Errorf("under the name of a head, in a unit that is no agency: %v", err)
	}
}
