package decision_test

import (
	"database/sql"
	"testing"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

const (
	kindOne   decision.Kind = "thing.do"   // within a unit or across
	kindOther decision.Kind = "thing.send" // of another unit
	kindAbout decision.Kind = "role.grant" // about a person
)

// office is a police unit with two commanders and an investigator, and another
// unit with a commander.
type office struct {
	db        *testkit.Database
	clock     *clock.Fake
	decisions *decision.Service
	unit      uuid.UUID
	elsewhere uuid.UUID
	first     colleague
	second    colleague
	junior    colleague
	stranger  colleague
	done      []uuid.UUID // decisions whose effect ran
	fail      error       // what the effect gives
	pause     func()      // what happens while the effect runs
}

type colleague struct {
	identity.Actor
	member seal.Member
	token  string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{db: testkit.DB(t), clock: testkit.Clock()}
	o.unit, o.elsewhere = o.makeUnit(t, "unit"), o.makeUnit(t, "elsewhere")
	o.first = o.hire(t, "first", o.unit, identity.RoleCommander)
	o.second = o.hire(t, "second", o.unit, identity.RoleCommander)
	o.junior = o.hire(t, "junior", o.unit, identity.RoleInvestigator)
	o.stranger = o.hire(t, "stranger", o.elsewhere, identity.RoleCommander)
	effect := func(_ postgres.Tx, d decision.Decision) error {
		o.done = append(o.done, d.ID)
		if o.pause != nil {
			o.pause()
		}
		return o.fail
	}
	var err error
	o.decisions, err = decision.NewService(o.db.DB, o.clock, testkit.People(o.clock),
		decision.Rule{Kind: kindOne, Propose: authority.EscalationList, Approve: authority.RoleApprove, Effect: effect},
		decision.Rule{Kind: kindOther, Propose: authority.EscalationList, Approve: authority.RoleApprove, OtherUnit: true, Effect: effect},
		decision.Rule{Kind: kindAbout, Propose: authority.EscalationList, Approve: authority.RoleApprove, NotSubject: true, Effect: effect},
	)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) makeUnit(t *testing.T, code string) uuid.UUID {
	t.Helper()
	key := id.New()
	o.super(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, $2, 'police', '{"en": "A unit"}')`, key, code)
	return key
}

func (o *office) hire(t *testing.T, name string, unit uuid.UUID, role identity.Role) colleague {
	t.Helper()
	email := name + "@police.example"
	o.db.Hire(t, o.clock, email, name, unit, role)
	sessions := identity.NewSessions(o.db.DB, testkit.People(o.clock))
	token := testkit.SignIn(t, sessions, email)
	s, err := sessions.Recognise(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	member, err := s.Member(token)
	if err != nil {
		t.Fatal(err)
	}
	return colleague{s.Actor, member, token}
}

func (o *office) super(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := o.db.Super(t).ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func (o *office) propose(t *testing.T, by colleague, kind decision.Kind, unit uuid.UUID) uuid.UUID {
	t.Helper()
	key, err := o.decisions.Propose(t.Context(), by.Actor, decision.Proposal{Kind: kind, Subject: id.New(), UnitID: unit})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (o *office) state(t *testing.T, key uuid.UUID) (state decision.State) {
	t.Helper()
	if err := o.db.Super(t).QueryRowContext(t.Context(), `SELECT state FROM decisions WHERE id = $1`, key).Scan(&state); err != nil {
		t.Fatal(err)
	}
	return state
}

// asStaff runs statements as the application's role for staff, with settings of
// the attacker's own choice, in one transaction.
func (o *office) asStaff(t *testing.T, person, unit uuid.UUID, kind, as string, statements ...func(*sql.Tx) error) error {
	t.Helper()
	app, err := sql.Open("pgx", o.db.AppURL)
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
	for _, s := range statements {
		if err := s(tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func exec(query string, args ...any) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	}
}
