package policy_test

import (
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// world is a ministry with its licensing officers, and units that have no say.
type world struct {
	t         *testing.T
	db        *testkit.Database
	clock     *clock.Fake
	policies  *policy.Service
	decisions *decision.Service
	units     map[string]uuid.UUID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: testkit.DB(t), clock: testkit.Clock(), units: map[string]uuid.UUID{}}
	for _, kind := range []string{"ministry", "police", "oversight"} {
		w.units[kind] = id.New()
		w.exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $2, '{"en":"Unit"}')`, w.units[kind], kind)
	}
	w.policies = policy.New(w.db.DB, w.clock, country.Home{Code: "KH", Zone: time.UTC}, testkit.Pins())
	var err error
	if w.decisions, err = decision.NewService(w.db.DB, w.clock, testkit.People(w.clock), w.policies.Rules()...); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Super(w.t).Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.db.Super(w.t).QueryRow(query, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) holder(unit string, role identity.Role) identity.Holder {
	w.t.Helper()
	email := id.New().String() + "@unit.example"
	w.db.Hire(w.t, w.clock, email, "Example Person", w.units[unit], role)
	return w.db.AtTerminal(w.t, w.clock, email)
}

func (w *world) officer() identity.Holder {
	return w.holder("ministry", identity.RoleLicensingOfficer)
}

// term is a licence term that begins in so many days.
func (w *world) term(months string, days int) policy.Entry {
	return policy.Entry{
		Key: policy.LicenceTerm, Value: json.RawMessage(`{"months":` + months + `}`), From: w.policies.Today().AddDate(0, 0, days),
		Source: "Law on <Examples> & Samples, Art. 5",
	}
}

func (w *world) set(e policy.Entry) {
	w.t.Helper()
	if err := w.policies.Set(w.t.Context(), identity.Setup("policy"), e); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) ask(by identity.Holder, e policy.Entry) uuid.UUID {
	w.t.Helper()
	key, err := w.policies.Ask(w.t.Context(), by.Actor, e, w.decisions)
	if err != nil {
		w.t.Fatal(err)
	}
	return key
}

func (w *world) approve(by identity.Holder, key uuid.UUID) error {
	by.FreshUntil = w.clock.Now().Add(time.Minute)
	return w.decisions.Approve(w.t.Context(), by.Actor, by.Member, key)
}

func (w *world) book() policy.Book {
	w.t.Helper()
	b, err := w.policies.All(w.t.Context(), identity.Setup("policy"))
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *world) months(on time.Time) int {
	var term struct {
		Months int `json:"months"`
	}
	w.book().Read(policy.LicenceTerm, on, &term)
	return term.Months
}

// asStaff runs statements in one transaction as somebody who speaks SQL under the
// role of staff.
func (w *world) asStaff(by identity.Actor, statements ...func(*sql.Tx) error) error {
	w.t.Helper()
	tx, err := w.db.As(w.t, postgres.StaffRole).BeginTx(w.t.Context(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, do := range append([]func(*sql.Tx) error{becoming(by)}, statements...) {
		if err := do(tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func becoming(by identity.Actor) func(*sql.Tx) error {
	return run(`SELECT set_config('portal.person', $1, true), set_config('portal.unit', $2, true), set_config('portal.kind', $3, true), set_config('portal.as', $4, true)`,
		by.PersonID.String(), by.UnitID.String(), string(by.UnitKind), string(by.Role))
}

func run(query string, args ...any) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	}
}
