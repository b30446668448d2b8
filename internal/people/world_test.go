package people_test

import (
	"database/sql"
	"testing"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// ministry is an administration of two, a police unit with a commander, and an
// oversight body.
type ministry struct {
	db        *testkit.Database
	clock     *clock.Fake
	sessions  *identity.Sessions
	decisions *decision.Service
	people    *people.Service
	units     map[string]uuid.UUID
	admin     colleague
	second    colleague
	commander colleague
	overseer  colleague
}

type colleague struct {
	identity.Actor
	member seal.Member
	token  string
}

func open(t *testing.T) *ministry {
	t.Helper()
	m := &ministry{db: testkit.DB(t), clock: testkit.Clock(), units: map[string]uuid.UUID{}}
	keeper := testkit.People(m.clock)
	m.sessions = identity.NewSessions(m.db.DB, keeper)
	for _, u := range []struct{ code, kind string }{
		{"administration", "administration"}, {"police", "police"}, {"oversight", "oversight"}, {"ministry", "ministry"},
	} {
		m.units[u.code] = id.New()
		m.super(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $3, jsonb_build_object('en', $2::text))`, m.units[u.code], u.code, u.kind)
	}
	m.db.Adopt(t)
	var err error
	if m.decisions, err = decision.NewService(m.db.DB, m.clock, keeper, people.Rules(keeper)...); err != nil {
		t.Fatal(err)
	}
	m.people = people.New(people.Deps{DB: m.db.DB, Clock: m.clock, People: keeper, Decisions: m.decisions})
	m.admin = m.hire(t, "admin", "administration", identity.RoleAdministrator)
	m.second = m.hire(t, "second", "administration", identity.RoleAdministrator)
	m.commander = m.hire(t, "commander", "police", identity.RoleCommander)
	m.overseer = m.hire(t, "overseer", "oversight", identity.RoleOverseer)
	return m
}

func (m *ministry) super(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := m.db.Super(t).ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func (m *ministry) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := m.db.Super(t).QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (m *ministry) hire(t *testing.T, name, unit string, role identity.Role) colleague {
	t.Helper()
	m.db.Hire(t, m.clock, name+"@example.example", name, m.units[unit], role)
	return m.signIn(t, name)
}

func (m *ministry) signIn(t *testing.T, name string) colleague {
	t.Helper()
	token := testkit.SignIn(t, m.sessions, name+"@example.example")
	s, err := m.sessions.Recognise(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	member, err := s.Member(token)
	if err != nil {
		t.Fatal(err)
	}
	return colleague{s.Actor, member, token}
}

// newcomer is somebody with a key and no role.
func (m *ministry) newcomer(t *testing.T) uuid.UUID {
	t.Helper()
	return m.db.Hire(t, m.clock, id.New().String()+"@example.example", "newcomer", m.units["police"])
}

func (m *ministry) approve(t *testing.T, by colleague, key uuid.UUID) error {
	t.Helper()
	return m.decisions.Approve(t.Context(), by.Actor, by.member, key)
}

func (m *ministry) has(t *testing.T, person uuid.UUID, role identity.Role) bool {
	t.Helper()
	return m.count(t, `SELECT count(*) FROM memberships WHERE person_id = $1 AND role = $2`, person, role) == 1
}

// asStaff runs SQL as the application's role for staff with settings of one's
// own choice.
func (m *ministry) asStaff(t *testing.T, person, unit uuid.UUID, kind, as string, do func(*sql.Tx) error) error {
	t.Helper()
	app, err := sql.Open("pgx", m.db.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Close() }()
	tx, err := app.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	_, err = tx.ExecContext(t.Context(), `SELECT set_config('portal.person', $1, true), set_config('portal.unit', $2, true), set_config('portal.kind', $3, true), set_config('portal.as', $4, true), set_config('role', $5, true)`,
		person.String(), unit.String(), kind, as, postgres.StaffRole)
	if err != nil {
		t.Fatal(err)
	}
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}
