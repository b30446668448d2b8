package licensing_test

import (
	"database/sql"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// office is a ministry with two licensing officers, an oversight body with two
// overseers, and an agency with a licence and its head.
type office struct {
	*licensing.Service

	db        *testkit.Database
	super     *sql.DB
	clock     *clock.Fake
	laws      *policy.Service
	decisions *decision.Service
	agency    uuid.UUID
	period    uuid.UUID
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{db: testkit.DB(t), clock: testkit.Clock(), agency: id.New(), period: id.New()}
	o.super = o.db.Super(t)
	home := country.Home{Code: "KH", Zone: time.UTC}
	o.laws = policy.New(o.db.DB, o.clock, home, testkit.Pins())
	o.Service = licensing.New(o.db.DB, o.clock, home, o.laws)
	var err error
	if o.decisions, err = decision.NewService(o.db.DB, o.clock, testkit.People(o.clock), o.Rules()...); err != nil {
		t.Fatal(err)
	}
	o.exec(t, `INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, 'sample', 'test', 'sample', 'Sample Agency', 'licensed', now(), now())`, o.agency)
	for code, u := range map[string]struct {
		kind string
		role identity.Role
	}{"ministry": {"ministry", identity.RoleLicensingOfficer}, "oversight": {"oversight", identity.RoleOverseer}, "sample": {"agency", identity.RoleAgencyHead}} {
		key := id.New()
		o.exec(t, `INSERT INTO units (id, code, kind, name, agency_id) VALUES ($1, $2, $3, '{"en": "Unit"}', CASE WHEN $3 = 'agency' THEN $4::uuid END)`, key, code, u.kind, o.agency)
		for _, mark := range []string{"a", "b"} {
			o.db.Hire(t, o.clock, mark+"@"+code+".example", "Person "+mark, key, u.role)
		}
	}
	o.exec(t, `INSERT INTO licences (agency_id, number) VALUES ($1, 'L-0001')`, o.agency)
	o.exec(t, `INSERT INTO licence_periods (id, agency_id, valid_from, valid_until) VALUES ($1, $2, '2025-03-02', '2028-03-01')`, o.period, o.agency)
	o.exec(t, `INSERT INTO licence_scopes (period_id, destination, occupation, since) VALUES ($1, 'JP', '', '2025-03-02'), ($1, 'SG', '53', '2025-03-02'), ($1, 'SG', '91', '2025-03-02')`, o.period)
	o.exec(t, `INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'granted', '2025-03-02')`, id.New(), o.agency)
	return o
}

func (o *office) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := o.super.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

func (o *office) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := o.super.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (o *office) law(t *testing.T, key policy.Key, value string) {
	t.Helper()
	e := policy.Entry{Key: key, Value: []byte(value), From: day("2026-01-01"), Source: "house rule of a test"}
	if err := o.laws.Set(t.Context(), identity.Setup("policy"), e); err != nil {
		t.Fatal(err)
	}
}

func (o *office) holder(t *testing.T, mark, unit string) identity.Holder {
	t.Helper()
	return o.db.AtTerminal(t, o.clock, mark+"@"+unit+".example")
}

func (o *office) head(t *testing.T) identity.Actor { return o.holder(t, "a", "sample").Actor }

// on is the noon of a day.
func (o *office) on(text string) { o.clock.Set(day(text).Add(12 * time.Hour)) }

func draft(kind licensing.StepKind) licensing.Draft {
	d := licensing.Draft{Kind: kind, Text: "Because of what we found."}
	if slices.Contains([]licensing.StepKind{licensing.Notice, licensing.Suspend, licensing.Narrow, licensing.Revoke}, kind) {
		d.Ground = "licence_lent"
	}
	return d
}

// units are who proposes and who approves a step.
func units(kind licensing.StepKind) (proposes, approves string) {
	switch kind {
	case licensing.Reinstate, licensing.Widen:
		return "ministry", "oversight"
	case licensing.AppealUpheld, licensing.AppealDismissed:
		return "oversight", "oversight"
	default:
		return "ministry", "ministry"
	}
}

// take proposes and approves a step, and returns it.
func (o *office) take(t *testing.T, d licensing.Draft) (uuid.UUID, error) {
	t.Helper()
	d.Agency = o.agency
	proposes, approves := units(d.Kind)
	waits, err := o.Propose(t.Context(), o.holder(t, "a", proposes).Actor, d, o.decisions)
	if err != nil {
		return uuid.Nil, err
	}
	second := o.holder(t, "b", approves)
	if err := o.decisions.Approve(t.Context(), second.Actor, second.Member, waits); err != nil {
		first := o.holder(t, "a", proposes)
		return uuid.Nil, errors.Join(err, o.decisions.Withdraw(t.Context(), first.Actor, waits))
	}
	return waits, nil
}

func (o *office) must(t *testing.T, d licensing.Draft) uuid.UUID {
	t.Helper()
	key, err := o.take(t, d)
	if err != nil {
		t.Fatalf("%s: %v", d.Kind, err)
	}
	return key
}

// state is that of Go, which must be that of the database.
func (o *office) state(t *testing.T) licensing.State {
	t.Helper()
	var licence licensing.Licence
	err := o.db.Read(t.Context(), identity.Public(), func(tx postgres.Tx) (err error) {
		licence, err = licensing.LicenceOf(tx, o.agency)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var said string
	if err := o.super.QueryRow(`SELECT licence_state($1, $2)`, o.agency, o.Today()).Scan(&said); err != nil {
		t.Fatal(err)
	}
	state := licence.StateOn(o.Today())
	if said != string(state) {
		t.Errorf("the database says %s, the portal %s", said, state)
	}
	return state
}

// step returns the last step of the agency itself.
func (o *office) last(t *testing.T, kind licensing.StepKind) uuid.UUID {
	t.Helper()
	var key uuid.UUID
	if err := o.super.QueryRow(`SELECT id FROM licence_steps WHERE agency_id = $1 AND kind = $2 ORDER BY done_at DESC, id DESC LIMIT 1`, o.agency, kind).Scan(&key); err != nil {
		t.Fatal(err)
	}
	return key
}
