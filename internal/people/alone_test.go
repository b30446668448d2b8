package people_test

import (
	"database/sql"
	"testing"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// An administrator who wants to read cases tries every act of their own, for
// themselves and for an account that they hold besides.
func TestAnAdministratorGainsNoCaseAccessAlone(t *testing.T) {
	m := open(t)
	puppet := m.db.Hire(t, m.clock, "puppet@example.example", "puppet", m.units["police"])
	for _, person := range []uuid.UUID{m.admin.PersonID, puppet} {
		for _, unit := range m.everyUnit(t) {
			for _, role := range people.RolesOf(unit.Kind) {
				proposal, err := m.people.GiveRole(t.Context(), m.admin.Actor, person, unit.ID, role)
				if err == nil && proposal != uuid.Nil {
					if err := m.approve(t, m.admin, proposal); err == nil {
						t.Errorf("%s of a %s unit: approved alone", role, unit.Kind)
					}
				}
			}
		}
	}
	// A unit of one's own under the ministry, and the puppet in it.
	own, err := m.people.MakeUnit(t.Context(), m.admin.Actor, people.NewUnit{Code: "own", Kind: identity.UnitProvince, NameEN: "Own", Province: "Own", Parent: m.units["ministry"]})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.people.GiveRole(t.Context(), m.admin.Actor, puppet, own, identity.RoleComplaintsOfficer); err != nil {
		t.Fatal(err)
	}
	// Another's account by a code of one's own making.
	if _, err := m.people.InviteAgain(t.Context(), m.admin.Actor, m.commander.PersonID); err == nil {
		t.Error("a code for the commander's account")
	}
	m.tryBySQL(t, puppet, own)
	m.wantNoAccess(t, m.admin.PersonID, puppet)
}

func (m *ministry) everyUnit(t *testing.T) []people.Unit {
	t.Helper()
	units, err := m.people.Choices(t.Context(), m.admin.Actor)
	if err != nil {
		t.Fatal(err)
	}
	return units
}

// tryBySQL is the same administrator with the application's own way into the
// database, who says to be whoever they like.
func (m *ministry) tryBySQL(t *testing.T, puppet, own uuid.UUID) {
	t.Helper()
	police := m.units["police"]
	grant := `INSERT INTO memberships (person_id, unit_id, role, pin, granted_at, decision_id) VALUES ($1, $2, 'investigator', $3, now(), $4)`
	forged := func(tx *sql.Tx, proposer, decider uuid.UUID) error {
		key := id.New()
		if _, err := tx.Exec(`SELECT set_config('portal.person', $1, true)`, proposer.String()); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at)
			VALUES ($1, 'role.grant', $2, $3, '{"role":"investigator"}', sha256('x'), false, $4, $3, now())`, key, puppet, police, proposer); err != nil {
			return err
		}
		if _, err := tx.Exec(`SELECT set_config('portal.person', $1, true)`, decider.String()); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE decisions SET state = 'approved', decided_by = $2, decided_unit = $3, decided_at = now(), key_id = 'm', signature = 'x' WHERE id = $1`,
			key, decider, police); err != nil {
			return err
		}
		_, err := tx.Exec(grant, puppet, police, []byte("x"), key)
		return err
	}
	refused := map[string]func(*sql.Tx) error{
		"no decision":        func(tx *sql.Tx) error { _, err := tx.Exec(grant, puppet, police, []byte("x"), nil); return err },
		"one's own decision": func(tx *sql.Tx) error { return forged(tx, m.admin.PersonID, m.admin.PersonID) },
		"moving one's unit": func(tx *sql.Tx) error {
			_, err := tx.Exec(`UPDATE units SET parent_id = NULL WHERE id = $1`, own)
			return must(tx, err, own)
		},
		"a head of the police": func(tx *sql.Tx) error {
			_, err := tx.Exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'aaa', 'police', '{"en": "A"}')`, id.New())
			return err
		},
		"renaming a role": func(tx *sql.Tx) error {
			_, err := tx.Exec(`UPDATE memberships SET role = 'investigator' WHERE person_id = $1`, m.admin.PersonID)
			return err
		},
		"reading credentials": func(tx *sql.Tx) error { _, err := tx.Exec(`SELECT verifier FROM credentials`); return err },
		"another's key":       func(tx *sql.Tx) error { _, err := tx.Exec(`SELECT wrapped FROM member_keys`); return err },
		"another's session":   func(tx *sql.Tx) error { _, err := tx.Exec(`SELECT sealed_key FROM sessions`); return err },
	}
	for name, do := range refused {
		if err := m.asStaff(t, m.admin.PersonID, police, "administration", "administrator", do); err == nil {
			t.Errorf("%s: the database allows it", name)
		}
	}
	// In another's name it can be written; without their key it counts for nothing.
	err := m.asStaff(t, m.admin.PersonID, police, "police", "commander", func(tx *sql.Tx) error { return forged(tx, m.admin.PersonID, m.commander.PersonID) })
	if err != nil {
		t.Fatal(err)
	}
	m.wantUnbacked(t, 1)
	fakes, err := m.decisions.Verify(t.Context(), identity.System("audit"))
	if err != nil || len(fakes) != 1 {
		t.Errorf("reported: %v, %v", fakes, err)
	}
}

// must turns a change that touched nothing into a refusal: the row was not to be
// seen.
func must(tx *sql.Tx, err error, unit uuid.UUID) error {
	if err != nil {
		return err
	}
	var moved bool
	if err := tx.QueryRow(`SELECT parent_id IS NULL FROM units WHERE id = $1`, unit).Scan(&moved); err != nil || !moved {
		return sql.ErrNoRows
	}
	return nil
}

// wantNoAccess asks the portal itself: neither account has a genuine role that
// reads cases.
func (m *ministry) wantNoAccess(t *testing.T, accounts ...uuid.UUID) {
	t.Helper()
	err := m.db.Read(t.Context(), identity.System("test"), func(tx postgres.Tx) error {
		for _, unit := range m.everyUnit(t) {
			members, err := testkit.People(m.clock).Members(tx, unit.ID)
			if err != nil {
				return err
			}
			for _, member := range members {
				for _, role := range member.Roles {
					for _, account := range accounts {
						if member.PersonID == account && authority.ReadsCases(unit.Kind, role) {
							t.Errorf("%s is %s of a %s unit", member.Name, role, unit.Kind)
						}
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	token, err := m.sessions.SignIn(t.Context(), identity.Attempt{Email: "puppet@example.example", Passphrase: testkit.Passphrase})
	if err != nil {
		return // no role at all
	}
	session, err := m.sessions.Recognise(t.Context(), token.Token)
	if err != nil || authority.ReadsCases(session.Actor.UnitKind, session.Actor.Role) {
		t.Errorf("the puppet signs in as %s: %v", session.Actor.Role, err)
	}
}

func TestAnInvestigatorManagesNobody(t *testing.T) {
	m := open(t)
	for name, err := range map[string]error{
		"inviting":     second(m.people.InviteAgain(t.Context(), m.commander.Actor, m.overseer.PersonID)),
		"a role":       second(m.people.GiveRole(t.Context(), m.commander.Actor, m.overseer.PersonID, m.units["police"], identity.RoleInvestigator)),
		"ending":       m.people.EndRole(t.Context(), m.commander.Actor, m.overseer.PersonID, m.units["oversight"], identity.RoleOverseer),
		"deactivating": m.people.Deactivate(t.Context(), m.commander.Actor, m.overseer.PersonID),
		"a unit":       second(m.people.MakeUnit(t.Context(), m.commander.Actor, people.NewUnit{})),
		"looking":      second(m.people.Person(t.Context(), m.commander.Actor, m.overseer.PersonID)),
	} {
		if err == nil {
			t.Errorf("%s: allowed", name)
		}
	}
	var addresses int
	err := m.db.Read(t.Context(), m.commander.Actor, func(tx postgres.Tx) error {
		return tx.Gorm().Raw(`SELECT count(*) FROM addresses()`).Scan(&addresses).Error
	})
	if err != nil || addresses != 0 {
		t.Errorf("%d addresses (%v)", addresses, err)
	}
}

func second[T any](_ T, err error) error { return err }
