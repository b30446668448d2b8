package application_test

import (
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// office is a ministry with three officers, and two agencies with a head each.
type office struct {
	*application.Service

	db        *testkit.Database
	clock     *clock.Fake
	laws      *policy.Service
	decisions *decision.Service
	fitness   *fitness.Service
	officers  [3]identity.Holder
	heads     [2]identity.Actor
}

func open(t *testing.T) office {
	t.Helper()
	o := office{db: testkit.DB(t), clock: testkit.Clock()}
	home := country.Home{Code: "KH", Zone: time.UTC}
	hasher, err := matching.NewHasher(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	o.laws = policy.New(o.db.DB, o.clock, home, testkit.Pins())
	o.fitness = fitness.New(fitness.Deps{
		DB: o.db.DB, Clock: o.clock, Home: home, Laws: o.laws, Random: rand.Reader, Found: func(postgres.Tx, uuid.UUID, uuid.UUID, int, time.Time) error { return nil },
	})
	o.Service = application.New(application.Deps{
		DB: o.db.DB, Clock: o.clock, Home: home, Laws: o.laws, Hasher: hasher,
		Licences: licensing.New(o.db.DB, o.clock, home, o.laws), Agencies: agency.New(o.db.DB, hasher, o.clock),
	})
	if o.decisions, err = decision.NewService(o.db.DB, o.clock, testkit.People(o.clock), o.Rules()...); err != nil {
		t.Fatal(err)
	}
	ministry := id.New()
	o.exec(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, 'ministry-hq', 'ministry', '{"en": "Ministry"}')`, ministry)
	for i := range o.officers {
		email := "officer-" + string(rune('a'+i)) + "@ministry.example"
		o.db.Hire(t, o.clock, email, "Person "+email[:9], ministry, identity.RoleLicensingOfficer)
		o.officers[i] = o.db.AtTerminal(t, o.clock, email)
	}
	for i := range o.heads {
		mark := string(rune('a' + i))
		key, unit, email := id.New(), id.New(), "head-"+mark+"@agency.example"
		o.exec(t, `INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, $2, 'test', $2, $3, 'listed', now(), now())`,
			key, "agency-"+mark, "Sample Agency "+mark)
		o.exec(t, `INSERT INTO units (id, code, kind, name, agency_id) VALUES ($1, $2, 'agency', '{"en": "Agency"}', $3)`, unit, "agency-"+mark, key)
		o.db.Hire(t, o.clock, email, "Person head-"+mark, unit, identity.RoleAgencyHead)
		o.heads[i] = o.db.AtTerminal(t, o.clock, email).Actor
	}
	return o
}

func (o office) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := o.db.Super(t).Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

func (o office) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := o.db.Super(t).QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// law sets one from the start of the year.
func (o office) law(t *testing.T, key policy.Key, value string) {
	t.Helper()
	e := policy.Entry{Key: key, Value: json.RawMessage(value), From: day("2026-01-01"), Source: "house rule of a test"}
	if err := o.laws.Set(t.Context(), identity.Setup("policy"), e); err != nil {
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

// answers are a whole dossier of one item a section.
func answers() map[dossier.Section]dossier.Typed {
	typed := func(pairs ...string) dossier.Typed {
		all := dossier.Typed{}
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i]] = []string{pairs[i+1]}
		}
		return all
	}
	return map[dossier.Section]dossier.Typed{
		dossier.Company: typed("name_latin", "Sample Agency", "name_local", "គំរូ", "registration_number", "R-1", "founded_on", "2015-05-04", "address", "1 Invented Street",
			"province", "Example Province", "phone", "012 000 001", "email", "office@sample.example"),
		dossier.Directors: typed("name_latin", "Sok Sample", "position", "managing_director", "born_on", "1980-02-29", "nationality", "KH", "document_country", "KH",
			"document_number", "N 1234567", "appointed_on", "2015-05-04", "address", "2 Invented Street", "convicted", "no", "lost_licence", "no"),
		dossier.Owners: typed("name_latin", "Sok Sample", "owner_kind", "person", "born_on", "1980-02-29", "country", "KH", "interest", "shareholding", "share", "100",
			"held", "direct", "since", "2015-05-04"),
		dossier.Accounts:    typed("bank", "Example Bank", "country", "KH", "account_number", "000 111 222", "holder", "Sample Agency", "purpose", "fees"),
		dossier.Scope:       typed("destinations", "TH JP"),
		dossier.Declaration: typed("name_latin", "Sok Sample", "declared", "yes"),
	}
}

// write answers everything in a draft of the head's agency.
func (o office) write(t *testing.T, head identity.Actor) uuid.UUID {
	t.Helper()
	key, err := o.Begin(t.Context(), head)
	if err != nil {
		t.Fatal(err)
	}
	own, err := o.Own(t.Context(), head)
	if err != nil {
		t.Fatal(err)
	}
	for section, typed := range answers() {
		if len(own.Answers.Items(section)) > 0 { // brought from the last one
			continue
		}
		if _, err := o.Save(t.Context(), head, application.Answer{Section: section, Typed: typed}); err != nil {
			t.Fatalf("%s: %v", section, err)
		}
	}
	for _, section := range []dossier.Section{dossier.Staff, dossier.Branches, dossier.Agents, dossier.Training, dossier.Representatives} {
		if err := o.SayNone(t.Context(), head, section); err != nil {
			t.Fatal(section, err)
		}
	}
	return key
}

func (o office) file(t *testing.T, head identity.Actor) uuid.UUID {
	t.Helper()
	key := o.write(t, head)
	if err := o.File(t.Context(), head); err != nil {
		t.Fatal(err)
	}
	o.check(t)
	return key
}

// change licenses the first agency, which then begins to change something.
func (o office) change(t *testing.T) uuid.UUID {
	t.Helper()
	o.law(t, "licence.renewal", `{"before_days":90,"late_days":30}`)
	if err := o.decide(t, o.file(t, o.heads[0]), grant("L-0001")); err != nil {
		t.Fatal(err)
	}
	key, err := o.Begin(t.Context(), o.heads[0])
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// check does what the worker does when something is filed.
func (o office) check(t *testing.T) {
	t.Helper()
	o.db.Keep(t, fitness.TopicCheck, o.fitness.Check)
}

func grant(number string) application.Recommendation {
	return application.Recommendation{
		Grant: true, Reason: "All is in order.", Number: number, From: day("2026-03-02"), Until: day("2028-03-01"),
		Scope: []licensing.ScopeLine{{Destination: "JP"}, {Destination: "TH", Occupation: "91"}},
	}
}

func refusal() application.Recommendation {
	return application.Recommendation{Reason: "The address does not exist."}
}

// decide recommends as the first officer and approves as the second.
func (o office) decide(t *testing.T, key uuid.UUID, r application.Recommendation) error {
	t.Helper()
	waits, err := o.Recommend(t.Context(), o.officers[0].Actor, key, r, o.decisions)
	if err != nil {
		return err
	}
	return o.decisions.Approve(t.Context(), o.officers[1].Actor, o.officers[1].Member, waits)
}
