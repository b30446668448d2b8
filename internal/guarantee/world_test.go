package guarantee_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// office is a ministry with two licensing officers, and two agencies with a licence
// and their heads.
type office struct {
	*guarantee.Service

	db            *testkit.Database
	super         *sql.DB
	clock         *clock.Fake
	laws          *policy.Service
	decisions     *decision.Service
	agency, other uuid.UUID
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{db: testkit.DB(t), clock: testkit.Clock(), agency: id.New(), other: id.New()}
	o.super = o.db.Super(t)
	home := country.Home{Code: "KH", Zone: time.UTC}
	o.laws = policy.New(o.db.DB, o.clock, home, testkit.Pins())
	o.Service = guarantee.New(guarantee.Deps{DB: o.db.DB, Clock: o.clock, Home: home, Laws: o.laws})
	var err error
	if o.decisions, err = decision.NewService(o.db.DB, o.clock, testkit.People(o.clock), o.Rules()...); err != nil {
		t.Fatal(err)
	}
	ministry := id.New()
	o.exec(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, 'ministry', 'ministry', '{"en": "Unit"}')`, ministry)
	for _, mark := range []string{"a", "b"} {
		o.db.Hire(t, o.clock, mark+"@ministry.example", "Person "+mark, ministry, identity.RoleLicensingOfficer)
	}
	oversight := id.New()
	o.exec(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, 'oversight', 'oversight', '{"en": "Unit"}')`, oversight)
	o.db.Hire(t, o.clock, "overseer@oversight.example", "Person overseer", oversight, identity.RoleOverseer)
	for name, agency := range map[string]uuid.UUID{"sample": o.agency, "other": o.other} {
		o.exec(t, `INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, $2, 'test', $2, $2 || ' agency', 'licensed', now(), now())`, agency, name)
		key := id.New()
		o.exec(t, `INSERT INTO units (id, code, kind, name, agency_id) VALUES ($1, $2, 'agency', '{"en": "Unit"}', $3)`, key, name, agency)
		o.db.Hire(t, o.clock, "head@"+name+".example", "Person head", key, identity.RoleAgencyHead)
		o.exec(t, `INSERT INTO licences (agency_id, number) VALUES ($1, 'L-' || upper($2))`, agency, name)
		o.exec(t, `INSERT INTO licence_periods (id, agency_id, valid_from, valid_until) VALUES ($1, $2, '2025-03-02', '2028-03-01')`, id.New(), agency)
		o.exec(t, `INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'granted', '2025-03-02')`, id.New(), agency)
	}
	return o
}

func (o *office) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := o.super.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

func (o *office) number(t testing.TB, query string, args ...any) (n int64) {
	t.Helper()
	if err := o.super.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (o *office) law(t *testing.T, key policy.Key, value string) {
	t.Helper()
	e := policy.Entry{Key: key, Value: []byte(value), From: day("2020-01-01"), Source: "house rule of a test"}
	if err := o.laws.Set(t.Context(), identity.Setup("policy"), e); err != nil {
		t.Fatal(err)
	}
}

func (o *office) holder(t *testing.T, email string) identity.Holder {
	t.Helper()
	return o.db.AtTerminal(t, o.clock, email)
}

func (o *office) first(t *testing.T) identity.Actor {
	t.Helper()
	return o.holder(t, "a@ministry.example").Actor
}

func (o *office) head(t *testing.T) identity.Actor {
	t.Helper()
	return o.holder(t, "head@sample.example").Actor
}

func (o *office) approve(t *testing.T, waits uuid.UUID) error {
	t.Helper()
	second := o.holder(t, "b@ministry.example")
	return o.decisions.Approve(t.Context(), second.Actor, second.Member, waits)
}

// dollars are whole ones.
func dollars(n int64) money.Money { return money.Money{Minor: n * 100, Currency: "USD"} }

// promise is a bank's guarantee until a day, or a deposit where that is "".
func (o *office) promise(reference string, amount money.Money, until string) guarantee.Posting {
	g := guarantee.Posting{Kind: guarantee.Deposit, Bank: "Example Bank", Reference: reference, Amount: amount, From: o.Today().AddDate(0, 0, -1)}
	if until != "" {
		g.Kind, g.Until = guarantee.Bank, day(until)
	}
	return g
}

func (o *office) post(t *testing.T, g guarantee.Posting) {
	t.Helper()
	waits, err := o.Post(t.Context(), o.first(t), o.agency, g, o.decisions)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.approve(t, waits); err != nil {
		t.Fatal(err)
	}
}

// award is an enforceable one.
func (o *office) award(t *testing.T, reference string, amount money.Money) uuid.UUID {
	t.Helper()
	key, err := o.RecordClaim(t.Context(), o.first(t), o.agency, guarantee.Award{Amount: amount, Source: guarantee.Court, Reference: reference, EnforceableOn: o.Today()})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (o *office) call(t *testing.T, claims ...uuid.UUID) error {
	t.Helper()
	waits, err := o.Call(t.Context(), o.first(t), o.agency, claims, o.decisions)
	if err != nil {
		return err
	}
	return o.approve(t, waits)
}

func (o *office) record(t *testing.T) guarantee.Record {
	t.Helper()
	r, err := o.Open(t.Context(), o.first(t), o.agency)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (o *office) held(t testing.TB) int64 {
	t.Helper()
	return o.number(t, `SELECT coalesce(sum(held), 0) FROM guarantee_balances WHERE agency_id = $1`, o.agency)
}

// balanced wants the whole ledger to come to nothing, and the balances to be its sums.
func (o *office) balanced(t testing.TB) {
	t.Helper()
	for what, query := range map[string]string{
		"entries that do not balance": `SELECT count(*) FROM (SELECT FROM guarantee_postings GROUP BY entry_id, currency HAVING sum(minor) <> 0) AS x`,
		"balances that differ from the lines": `SELECT count(*) FROM guarantee_balances b WHERE (b.held, b.reserved) <> (SELECT coalesce(sum(minor) FILTER (WHERE account = 'held'), 0),
			coalesce(sum(minor) FILTER (WHERE account = 'reserved'), 0) FROM guarantee_postings p WHERE p.guarantee_id = b.guarantee_id)`,
		"balances below zero": `SELECT count(*) FROM guarantee_balances WHERE held < 0 OR reserved < 0`,
	} {
		if n := o.number(t, query); n != 0 {
			t.Fatalf("%d %s", n, what)
		}
	}
}

func (o *office) read(t *testing.T, by identity.Actor, fn func(tx postgres.Tx) error) {
	t.Helper()
	if err := o.db.Read(t.Context(), by, fn); err != nil {
		t.Fatal(err)
	}
}

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

// on is the noon of a day.
func (o *office) on(text string) { o.clock.Set(day(text).Add(12 * time.Hour)) }
