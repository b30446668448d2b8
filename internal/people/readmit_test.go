package people_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/google/uuid"
)

// byHand writes an approval in others' names, as the application's login can,
// and does more in the same transaction.
func (m *ministry) byHand(t *testing.T, kind string, subject uuid.UUID, detail string, proposer colleague, decider colleague, more ...func(*sql.Tx) error) error {
	t.Helper()
	return m.asStaff(t, proposer.PersonID, proposer.UnitID, "administration", "administrator", func(tx *sql.Tx) error {
		key := id.New()
		if _, err := tx.Exec(`INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at)
			VALUES ($1, $2, $3, $4, $5, sha256('x'), false, $6, $7, now())`, key, kind, subject, decider.UnitID, detail, proposer.PersonID, proposer.UnitID); err != nil {
			return err
		}
		if _, err := tx.Exec(`SELECT set_config('portal.person', $1, true), set_config('portal.unit', $2, true)`, decider.PersonID.String(), decider.UnitID.String()); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE decisions SET state = 'approved', decided_by = $2, decided_unit = $3, decided_at = $4, key_id = $5, signature = 'x', pin = 'x' WHERE id = $1`,
			key, decider.PersonID, decider.UnitID, m.clock.Now(), decider.member.ID()); err != nil {
			return err
		}
		for _, do := range more {
			if err := do(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// readmitted proposes to readmit the person and has each of these approve what
// is asked of their unit.
func (m *ministry) readmitted(t *testing.T, person uuid.UUID, by ...colleague) {
	t.Helper()
	if _, err := m.people.ProposeReadmission(t.Context(), m.admin.Actor, person); err != nil {
		t.Fatal(err)
	}
	for _, c := range by {
		if err := m.approve(t, c, m.asked(t, person, c.UnitID)); err != nil {
			t.Fatal(err)
		}
	}
}

// asked is the readmission that waits for the unit.
func (m *ministry) asked(t *testing.T, person, unit uuid.UUID) (key uuid.UUID) {
	t.Helper()
	err := m.db.Super(t).QueryRowContext(t.Context(), `SELECT id FROM decisions WHERE kind = 'person.readmit' AND state = 'waiting' AND subject_id = $1 AND unit_id = $2`, person, unit).Scan(&key)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (m *ministry) wantNoCode(t *testing.T, person uuid.UUID) {
	t.Helper()
	if _, err := m.people.InviteAgain(t.Context(), m.admin.Actor, person); fault.CodeOf(err) != "people.readmit.first" {
		t.Errorf("a code: %v", err)
	}
}

// give has the unit's own grant the role.
func (m *ministry) give(t *testing.T, person uuid.UUID, by colleague, role identity.Role) {
	t.Helper()
	proposal, err := m.people.GiveRole(t.Context(), m.admin.Actor, person, by.UnitID, role)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.approve(t, by, proposal); err != nil {
		t.Fatal(err)
	}
}

func TestAReadmissionThatNobodySignedGivesNoCode(t *testing.T) {
	m := open(t)
	deputy := m.hire(t, "deputy", "police", identity.RoleCommander)
	detail := `{"key":"` + m.commander.member.ID() + `","roles":["` + m.units["police"].String() + ` commander"]}`
	if err := m.byHand(t, "person.readmit", m.commander.PersonID, detail, m.admin, deputy); err != nil {
		t.Fatal(err)
	}
	m.wantNoCode(t, m.commander.PersonID)
}

func TestAReadmissionIsGoodOnceAndForThreeDays(t *testing.T) {
	m := open(t)
	deputy := m.hire(t, "deputy", "police", identity.RoleCommander)
	m.readmitted(t, m.commander.PersonID, deputy)
	if _, err := m.people.ProposeReadmission(t.Context(), m.admin.Actor, m.commander.PersonID); fault.CodeOf(err) != "people.readmit.agreed" {
		t.Errorf("an approval in store: %v", err)
	}
	m.clock.Advance(72*time.Hour + time.Second)
	m.wantNoCode(t, m.commander.PersonID)

	deputy = m.signIn(t, "deputy")
	m.readmitted(t, m.commander.PersonID, deputy)
	m.clock.Advance(71 * time.Hour)
	code, err := m.people.InviteAgain(t.Context(), m.admin.Actor, m.commander.PersonID)
	if err != nil {
		t.Fatal(err)
	}
	m.wantNoCode(t, m.commander.PersonID)
	m.clock.Advance(time.Hour)
	if _, err := m.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: "seven quiet rivers"}); err == nil {
		t.Error("the code outlives the approval")
	}
}

func TestEveryUnitWhoseCasesSomebodyReadsReadmitsThem(t *testing.T) {
	m := open(t)
	officer := m.hire(t, "officer", "ministry", identity.RoleComplaintsOfficer)
	deputy := m.hire(t, "deputy", "police", identity.RoleCommander)
	m.give(t, m.commander.PersonID, officer, identity.RoleInspector)
	m.readmitted(t, m.commander.PersonID, officer)
	m.wantNoCode(t, m.commander.PersonID)
	if _, err := m.people.ProposeReadmission(t.Context(), m.admin.Actor, m.commander.PersonID); fault.CodeOf(err) != "decision.waits_already" {
		t.Errorf("while the police are asked: %v", err)
	}
	waits := m.asked(t, m.commander.PersonID, m.units["police"])
	if err := m.approve(t, m.commander, waits); fault.CodeOf(err) != "decision.about_you" {
		t.Errorf("the person themselves: %v", err)
	}
	if err := m.approve(t, deputy, waits); err != nil {
		t.Fatal(err)
	}
	code, err := m.people.InviteAgain(t.Context(), m.admin.Actor, m.commander.PersonID)
	if err != nil {
		t.Fatal(err)
	}
	entry, err := m.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: "seven quiet rivers"})
	if err != nil || !entry.Choosing {
		t.Fatalf("%+v, %v", entry, err)
	}
	// They have the roles of both units, and are asked in which they come.
	entry, err = m.sessions.Choose(t.Context(), entry.Token, m.units["police"], identity.RoleCommander)
	if err != nil || entry.Actor.PersonID != m.commander.PersonID {
		t.Errorf("%+v, %v", entry.Actor, err)
	}
}

// Whoever agreed while somebody read no cases agreed to no more than that.
func TestAReadmissionFromBeforeARoleGivesNothingAfterIt(t *testing.T) {
	m := open(t)
	person := m.newcomer(t)
	m.readmitted(t, person, m.second)
	m.give(t, person, m.commander, identity.RoleInvestigator)
	m.wantNoCode(t, person)

	other := m.newcomer(t)
	m.readmitted(t, other)
	waits := m.asked(t, other, m.units["administration"])
	m.give(t, other, m.commander, identity.RoleInvestigator)
	if err := m.approve(t, m.second, waits); fault.CodeOf(err) != "people.readmit.changed" {
		t.Errorf("another administrator readmits an investigator: %v", err)
	}
}

func TestACodeOfBeforeARoleLeadsNowhereAfterIt(t *testing.T) {
	m := open(t)
	person := m.newcomer(t)
	m.readmitted(t, person, m.second)
	code, err := m.people.InviteAgain(t.Context(), m.admin.Actor, person)
	if err != nil {
		t.Fatal(err)
	}
	m.give(t, person, m.commander, identity.RoleInvestigator)
	if _, err := m.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: "seven quiet rivers"}); fault.FieldsOf(err)["code"] != "account.invitation.refused" {
		t.Errorf("two administrators have an investigator's account: %v", err)
	}
}
