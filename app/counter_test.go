package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/screening"

	"github.com/PuerkitoBio/goquery"
	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/account"
	"github.com/fairpassage/portal/app/agency"
	decisionpages "github.com/fairpassage/portal/app/decision"
	"github.com/fairpassage/portal/app/ministry"
	"github.com/fairpassage/portal/app/web"
	listing "github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/placement"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// counter is the site with an agency (head and clerk) and a licensing officer.
type counter struct {
	server *fiber.App
	key    *awayKey
	log    *bytes.Buffer
	db     *testkit.Database
	laws   *policy.Service
	fit    *fitness.Service
}

// awayKey is a matching key that can be out of reach, as with a vault that is down.
type awayKey struct {
	matching.Keyed
	away bool
}

func (k *awayKey) Hash(ctx context.Context, inputs []matching.Input) ([]matching.Mark, error) {
	if k.away {
		return nil, fault.New(fault.Unavailable, "problem.503.title")
	}
	return k.Keyed.Hash(ctx, inputs)
}

const passphrase = testkit.Passphrase

func openCounter(t *testing.T) *counter {
	t.Helper()
	db, clk := testkit.DB(t), testkit.Clock()
	owner := db.Super(t)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := owner.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	agencyID := id.New()
	exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, name_local, state, created_at, updated_at) VALUES ($1, 'sample', 'test', 'sample', 'Sample Recruitment', 'គំរូ', 'listed', now(), now())`, agencyID)
	unit := func(code, kind string, agency *uuid.UUID, people map[string]string) {
		key := id.New()
		exec(`INSERT INTO units (id, code, kind, name, agency_id) VALUES ($1, $2, $3, '{"en": "A unit"}', $4)`, key, code, kind, agency)
		for email, role := range people {
			db.Hire(t, clk, email, "A Person", key, identity.Role(role))
		}
	}
	unit("sample", "agency", &agencyID, map[string]string{"head@sample.example": "agency_head", "clerk@sample.example": "agency_clerk"})
	unit("ministry-hq", "ministry", nil, map[string]string{"officer@ministry.example": "licensing_officer", "second@ministry.example": "licensing_officer"})

	pages, err := views.New()
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse("http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	s := &counter{key: &awayKey{}, log: &bytes.Buffer{}, db: db}
	sessions := identity.NewSessions(db.DB, testkit.People(clk))
	w, err := web.New(web.Config{BaseURL: base, Demo: true, CSRFKey: bytes.Repeat([]byte{7}, 32)}, pages, sessions, slog.New(slog.NewTextHandler(s.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	s.key.Keyed, err = matching.NewHasher(bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	home := country.Home{Code: "KH", Zone: time.UTC}
	laws := policy.New(db.DB, clk, home, testkit.Pins())
	licences := licensing.New(db.DB, clk, home, laws)
	s.laws = laws
	applications := application.New(application.Deps{
		DB: db.DB, Clock: clk, Home: home, Laws: laws, Hasher: s.key, Licences: licences, Agencies: listing.New(db.DB, s.key, clk),
	})
	s.fit = fitness.New(fitness.Deps{DB: db.DB, Clock: clk, Home: home, Laws: laws, Random: rand.Reader, Found: screening.Phoenix})
	decisions, err := decision.NewService(db.DB, clk, testkit.People(clk), applications.Rules()...)
	if err != nil {
		t.Fatal(err)
	}
	s.server, err = app.New(app.Config{Surfaces: []web.Surface{web.Staff}}, w, app.Pages{
		Account: account.New(w, sessions, nil),
		Agency: agency.New(agency.Deps{
			Web: w, Applications: applications, Placements: placement.New(db.DB, clk, s.key, home),
			People: people.New(people.Deps{DB: db.DB, Clock: clk, People: testkit.People(clk)}), Home: home,
		}),
		Applications: ministry.NewApplications(w, applications, decisions, inspection.New(inspection.Deps{DB: db.DB, Clock: clk, Home: home, Laws: laws, People: testkit.People(clk), Told: licences.TellOfInspection})),
		Decisions:    decisionpages.New(w, decisions),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// visitor is one browser.
type visitor struct {
	*counter
	cookies map[string]string
}

func (s *counter) signIn(t *testing.T, email string) *visitor {
	t.Helper()
	v := &visitor{s, map[string]string{}}
	res := v.send(t, "/sign-in", "/sign-in", url.Values{"email": {email}, "passphrase": {passphrase}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s cannot sign in: %d", email, res.StatusCode)
	}
	return v
}

func (v *visitor) do(t *testing.T, req *http.Request) *http.Response {
	t.Helper()
	for name, value := range v.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := v.server.Test(req, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	for _, c := range res.Cookies() {
		v.cookies[c.Name] = c.Value
	}
	if res.StatusCode >= 500 && (v.key == nil || !v.key.away) {
		t.Fatalf("%s %s: %d\n%s", req.Method, req.URL.Path, res.StatusCode, v.log)
	}
	return res
}

func (v *visitor) get(t *testing.T, path string) (int, *goquery.Document) {
	t.Helper()
	res := v.do(t, httptest.NewRequest(http.MethodGet, path, nil))
	return res.StatusCode, document(t, res.Body)
}

// send fills in the form on the page at from and sends it to path.
func (v *visitor) send(t *testing.T, from, path string, values url.Values) *http.Response {
	t.Helper()
	_, page := v.get(t, from)
	token, _ := page.Find(`input[name="_csrf"]`).First().Attr("value")
	values.Set("_csrf", token)
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	req.Header.Set("Content-Type", fiber.MIMEApplicationForm)
	return v.do(t, req)
}

func document(t *testing.T, body io.Reader) *goquery.Document {
	t.Helper()
	page, err := goquery.NewDocumentFromReader(body)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func wantText(t *testing.T, page *goquery.Document, texts ...string) {
	t.Helper()
	got := strings.Join(strings.Fields(page.Find("main").Text()), " ")
	for _, text := range texts {
		if !strings.Contains(got, text) {
			t.Errorf("%q is not on the page:\n%s", text, got)
		}
	}
}

// answered are the forms of a whole dossier, section by section.
func answered() map[string]url.Values {
	day := func(v url.Values, field, d, m, y string) url.Values {
		v.Set(field+"_day", d)
		v.Set(field+"_month", m)
		v.Set(field+"_year", y)
		return v
	}
	return map[string]url.Values{
		"company": day(url.Values{
			"name_latin": {"Sample Recruitment"}, "name_local": {"គំរូ"}, "registration_number": {"EX-1"}, "address": {"1 Invented Street"},
			"province": {"Example Province"}, "phone": {"012 000 001"}, "email": {"office@sample.example"},
		}, "founded_on", "4", "5", "2015"),
		"directors": day(day(url.Values{
			"name_latin": {"Sok Sample"}, "position": {"managing_director"}, "nationality": {"KH"}, "document_country": {"KH"}, "document_number": {"N 1234567"},
			"address": {"1 Invented Street"}, "convicted": {"no"}, "lost_licence": {"no"},
		}, "born_on", "២៩", "២", "១៩៨០"), "appointed_on", "4", "5", "2015"),
		"owners": day(day(url.Values{
			"name_latin": {"Sok Sample"}, "owner_kind": {"person"}, "country": {"KH"}, "interest": {"shareholding"}, "share": {"100"}, "held": {"direct"},
		}, "born_on", "29", "2", "1980"), "since", "4", "5", "2015"),
		"accounts":    {"bank": {"Example Bank"}, "country": {"KH"}, "account_number": {"000 111 222"}, "holder": {"Sample Recruitment"}, "purpose": {"fees"}},
		"scope":       {"destinations": {"TH", "JP"}},
		"declaration": {"name_latin": {"Sok Sample"}, "declared": {"yes"}},
	}
}

// apply answers everything and files it.
func (v *visitor) apply(t *testing.T) {
	t.Helper()
	want := func(res *http.Response, what string) {
		t.Helper()
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d\n%s", what, res.StatusCode, document(t, res.Body).Find("main").Text())
		}
	}
	const home = "/agency/application"
	want(v.send(t, home, home, url.Values{}), "begin")
	for section, form := range answered() {
		want(v.send(t, home+"/"+section+"/new", home+"/"+section+"/new", form), section)
	}
	for _, section := range []string{"staff", "branches", "agents", "training", "representatives"} {
		want(v.send(t, home+"/"+section, home+"/"+section, url.Values{}), section)
	}
	want(v.send(t, home, home+"/file", url.Values{}), "file")
	v.db.Keep(t, fitness.TopicCheck, v.fit.Check)
}

func recommendation() url.Values {
	return url.Values{
		"decision": {"grant"}, "reason": {"All is in order."}, "number": {"L-2026/0001"}, "scope": {"TH", "JP"},
		"valid_from_day": {"2"}, "valid_from_month": {"3"}, "valid_from_year": {"2026"},
		"valid_until_day": {"១"}, "valid_until_month": {"៣"}, "valid_until_year": {"២០២៨"},
	}
}

func placementForm() url.Values {
	return url.Values{
		"employer": {"Sunrise Sample Foods"}, "country": {"TH"}, "occupation": {"8160"}, "document": {"N0000001"}, "phone": {""},
		"departure_day": {"20"}, "departure_month": {"3"}, "departure_year": {"2026"},
	}
}
