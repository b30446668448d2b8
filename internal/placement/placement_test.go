package placement_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/placement"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// desk is two agencies, each licensed from 2025 to the end of 2026.
type desk struct {
	*placement.Service
	db     *testkit.Database
	hasher matching.Keyed
	heads  [2]identity.Actor
}

func day(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func open(t *testing.T) desk {
	t.Helper()
	d := desk{db: testkit.DB(t)}
	var err error
	if d.hasher, err = matching.NewHasher([]byte(strings.Repeat("k", 32))); err != nil {
		t.Fatal(err)
	}
	d.Service = placement.New(d.db.DB, testkit.Clock(), d.hasher, country.Home{Code: "KH", Zone: time.UTC})
	owner := d.db.Super(t)
	for i, mark := range []string{"a", "b"} {
		who := identity.Actor{
			Kind: identity.KindStaff, PersonID: id.New(), UnitID: id.New(), UnitKind: identity.UnitAgency,
			UnitCode: "agency-" + mark, Role: identity.RoleAgencyClerk, AgencyID: id.New(),
		}
		d.heads[i] = who
		for _, q := range []struct {
			text string
			args []any
		}{
			{`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, $2, 'test', $2, $2, 'licensed', now(), now())`, []any{who.AgencyID, who.UnitCode}},
			{`INSERT INTO units (id, code, kind, name, agency_id) VALUES ($1, $2, 'agency', '{"en": "Agency"}', $3)`, []any{who.UnitID, who.UnitCode, who.AgencyID}},
			{`INSERT INTO people (id, email, name, created_at) VALUES ($1, $2, 'A Clerk', now())`, []any{who.PersonID, mark + "@agency.example"}},
			{`INSERT INTO licences (agency_id, number) VALUES ($1, $2)`, []any{who.AgencyID, "L-000" + strings.ToUpper(mark)}},
			{`INSERT INTO licence_periods (id, agency_id, valid_from, valid_until) VALUES ($1, $2, '2025-01-01', '2026-12-31')`, []any{id.New(), who.AgencyID}},
		} {
			if _, err := owner.Exec(q.text, q.args...); err != nil {
				t.Fatal(err)
			}
		}
	}
	return d
}

func (d desk) token(t *testing.T, in matching.Input) matching.Token {
	t.Helper()
	token, err := matching.TokenOf(t.Context(), d.hasher, in)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func sample() placement.Placement {
	return placement.Placement{
		Employer: "Sunrise Sample Foods Co., Ltd", Country: "TH", Occupation: "8160", Document: "N 000-0001", Phone: "012 000 001", Departure: day("2026-03-20"),
	}
}

func TestAPlacementKeepsHashesAndNoNumbers(t *testing.T) {
	d := open(t)
	key, err := d.Register(t.Context(), d.heads[0], sample())
	if err != nil {
		t.Fatal(err)
	}
	var row, doc, phone, token string
	err = d.db.Super(t).QueryRow(`SELECT p::text || e::text, p.document_token, p.phone_token, e.token FROM placements p JOIN employers e ON e.id = p.employer_id WHERE p.id = $1`, key).
		Scan(&row, &doc, &phone, &token)
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range []string{"0000001", "12000001", "12 000 001"} {
		if strings.Contains(row, number) {
			t.Errorf("%q is in the record", number)
		}
	}
	if doc != string(d.token(t, matching.Document("KH", "N0000001"))) || phone != string(d.token(t, matching.Phone("+85512000001"))) || token != string(d.token(t, matching.Name("sunrise sample foods"))) {
		t.Error("the tokens are not those that complaints make")
	}
	list, err := d.List(t.Context(), d.heads[0], 1)
	if err != nil {
		t.Fatal(err)
	}
	want := placement.Page{
		Total: 1, Page: 1, Pages: 1,
		Records: []placement.Record{{ID: key, Employer: "Sunrise Sample Foods Co., Ltd", Country: "TH", Occupation: "8160", DepartedOn: day("2026-03-20")}},
	}
	if diff := cmp.Diff(want, list, cmpopts.IgnoreFields(placement.Record{}, "RegisteredAt")); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsWrongIsSaidAtTheField(t *testing.T) {
	d := open(t)
	for name, c := range map[string]struct {
		spoil func(*placement.Placement)
		field string
	}{
		"no employer":             {func(p *placement.Placement) { p.Employer = " " }, "employer"},
		"an employer of dots":     {func(p *placement.Placement) { p.Employer = "..." }, "employer"},
		"an endless employer":     {func(p *placement.Placement) { p.Employer = strings.Repeat("ក", 201) }, "employer"},
		"no such country":         {func(p *placement.Placement) { p.Country = "ZZ" }, "country"},
		"at home":                 {func(p *placement.Placement) { p.Country = "KH" }, "country"},
		"an occupation in words":  {func(p *placement.Placement) { p.Occupation = "cook" }, "occupation"},
		"no document":             {func(p *placement.Placement) { p.Document = " - " }, "document"},
		"a document of two signs": {func(p *placement.Placement) { p.Document = "N1" }, "document"},
		"a phone in words":        {func(p *placement.Placement) { p.Phone = "ask his aunt" }, "phone"},
		"two phones":              {func(p *placement.Placement) { p.Phone = "012 000 001 / 012 000 002" }, "phone"},
		"no day":                  {func(p *placement.Placement) { p.Departure = time.Time{} }, "departure"},
		"in the far future":       {func(p *placement.Placement) { p.Departure = day("2062-03-20") }, "departure"},
		"in the year 26":          {func(p *placement.Placement) { p.Departure = day("0026-03-20") }, "departure"},
		"before the licence":      {func(p *placement.Placement) { p.Departure = day("2024-12-31") }, "departure"},
		"after the licence":       {func(p *placement.Placement) { p.Departure = day("2027-01-01") }, "departure"},
	} {
		p := sample()
		c.spoil(&p)
		_, err := d.Register(t.Context(), d.heads[0], p)
		if fields := fault.FieldsOf(err); len(fields) != 1 || fields[c.field] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheSameDocumentLeavesOnceADay(t *testing.T) {
	d := open(t)
	if _, err := d.Register(t.Context(), d.heads[0], sample()); err != nil {
		t.Fatal(err)
	}
	again := sample()
	again.Document = "n0000001"
	for _, actor := range d.heads {
		if _, err := d.Register(t.Context(), actor, again); fault.KindOf(err) != fault.Conflict || fault.FieldsOf(err)["document"] == "" {
			t.Errorf("registered twice: %v", err)
		}
	}
	again.Departure = day("2026-06-20")
	if _, err := d.Register(t.Context(), d.heads[0], again); err != nil {
		t.Errorf("a later departure: %v", err)
	}
}

func TestASuspendedAgencyPlacesNobody(t *testing.T) {
	d := open(t)
	_, err := d.db.Super(t).Exec(`INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'suspended', '2026-03-10')`, id.New(), d.heads[0].AgencyID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Register(t.Context(), d.heads[0], sample()); fault.FieldsOf(err)["departure"] == "" {
		t.Errorf("placed while suspended: %v", err)
	}
	before := sample()
	before.Departure = day("2026-03-09")
	if _, err := d.Register(t.Context(), d.heads[0], before); err != nil {
		t.Errorf("left before the suspension: %v", err)
	}
}

func TestTwoWhoNameOneEmployerAtOnceGetOneEmployer(t *testing.T) {
	d := open(t)
	var wait sync.WaitGroup
	errs := make([]error, 12)
	for i := range errs {
		wait.Go(func() {
			p := sample()
			p.Document = "N00001" + string(rune('A'+i))
			p.Employer = []string{"Sunrise Sample Foods", "SUNRISE  sample-foods Co Ltd"}[i%2]
			_, errs[i] = d.Register(t.Context(), d.heads[i%2], p)
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	var n int
	if err := d.db.Super(t).QueryRow(`SELECT count(*) FROM employers`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d employers, %v", n, err)
	}
}

func TestAnAgencySeesItsOwnOnly(t *testing.T) {
	d := open(t)
	if _, err := d.Register(t.Context(), d.heads[0], sample()); err != nil {
		t.Fatal(err)
	}
	if list, err := d.List(t.Context(), d.heads[1], 1); err != nil || list.Total != 0 {
		t.Errorf("the other agency sees %d, %v", list.Total, err)
	}
	officer := identity.Actor{Kind: identity.KindStaff, UnitKind: identity.UnitMinistry, Role: identity.RoleLicensingOfficer, PersonID: id.New(), UnitID: id.New()}
	for _, actor := range []identity.Actor{officer, identity.Public(), {}} {
		if _, err := d.List(t.Context(), actor, 1); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s lists: %v", actor.Kind, err)
		}
		if _, err := d.Register(t.Context(), actor, sample()); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s registers: %v", actor.Kind, err)
		}
	}
}

func TestAWorkerIsFoundByPhoneWithTheirAgencyOnly(t *testing.T) {
	d := open(t)
	if _, err := d.Register(t.Context(), d.heads[0], sample()); err != nil {
		t.Fatal(err)
	}
	silent := sample()
	silent.Phone, silent.Document = "", "N0000002"
	if _, err := d.Register(t.Context(), d.heads[0], silent); err != nil {
		t.Fatal(err)
	}
	phone, other := d.token(t, matching.Phone("+85512000001")), d.token(t, matching.Phone("+85512000002"))
	for name, c := range map[string]struct {
		agency identity.Actor
		phones []matching.Token
		want   bool
	}{
		"their phone":     {d.heads[0], []matching.Token{phone}, true},
		"one of two":      {d.heads[0], []matching.Token{other, phone}, true},
		"another agency":  {d.heads[1], []matching.Token{phone}, false},
		"another phone":   {d.heads[0], []matching.Token{other}, false},
		"no phone given":  {d.heads[0], []matching.Token{""}, false},
		"nothing at all":  {d.heads[0], nil, false},
		"a document hash": {d.heads[0], []matching.Token{d.token(t, matching.Document("KH", "N0000001"))}, false},
	} {
		got, err := d.PlacedByPhone(t.Context(), c.agency.AgencyID, c.phones)
		if err != nil || got != c.want {
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		}
	}
}

func TestNobodyIsSentOutsideTheScopeOfTheLicence(t *testing.T) {
	d := open(t)
	owner := d.db.Super(t)
	if _, err := owner.Exec(`INSERT INTO licence_scopes (period_id, destination, occupation, since)
		SELECT id, 'TH', '81', date '2025-01-01' FROM licence_periods WHERE agency_id = $1 UNION ALL SELECT id, 'JP', '', date '2026-03-01' FROM licence_periods WHERE agency_id = $1`, d.heads[0].AgencyID); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		country, occupation, departure string
		in                             bool
	}{
		{"TH", "8160", "2026-03-20", true},
		{"TH", "9111", "2026-03-20", false},
		{"MY", "8160", "2026-03-20", false},
		{"JP", "9111", "2026-03-20", true},
		{"JP", "9111", "2026-02-20", false}, // not yet in it
	} {
		p := sample()
		p.Document, p.Country, p.Occupation, p.Departure = "N000010"+string(rune('0'+i)), c.country, c.occupation, day(c.departure)
		_, err := d.Register(t.Context(), d.heads[0], p)
		if (err == nil) != c.in || !c.in && fault.FieldsOf(err)["country"] != "placement.out_of_scope" {
			t.Errorf("%+v: %v", c, err)
		}
	}
	// The database says the same.
	err := d.db.InTx(t.Context(), d.heads[0], func(tx postgres.Tx) error {
		return tx.Gorm().Exec(`INSERT INTO placements (id, agency_id, employer_id, country, occupation, document_token, departed_on, registered_by, registered_at)
			SELECT ?, ?, employer_id, 'MY', '8160', 'x', '2026-03-20', ?, now() FROM placements LIMIT 1`, id.New(), d.heads[0].AgencyID, d.heads[0].PersonID).Error
	})
	if !postgres.Violates(err, "placement_in_scope") {
		t.Errorf("past the portal: %v", err)
	}
}
