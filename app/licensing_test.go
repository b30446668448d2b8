package app_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

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
		Applications: ministry.NewApplications(w, applications, decisions),
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

func TestAnAgencyIsLicensedAndPlacesAWorker(t *testing.T) {
	s := openCounter(t)
	head := s.signIn(t, "head@sample.example")
	_, page := head.get(t, "/agency")
	wantText(t, page, "Sample Recruitment", "No licence on record", "Apply for a licence")

	if res := head.send(t, "/agency/placements/new", "/agency/placements/new", placementForm()); res.StatusCode != 422 {
		t.Fatalf("an unlicensed agency places somebody: %d", res.StatusCode)
	}
	head.apply(t)
	_, page = head.get(t, "/agency/application")
	wantText(t, page, "cannot be changed until it is decided")

	officer, second := s.signIn(t, "officer@ministry.example"), s.signIn(t, "second@ministry.example")
	_, page = officer.get(t, "/ministry/applications")
	path, _ := page.Find("main tbody a").Attr("href")
	if path == "" {
		t.Fatal("the queue does not lead to the application")
	}
	_, page = officer.get(t, path)
	wantText(t, page, "Sok Sample", "No licence term is configured", "29 February 1980", "•••• 4567", "Japan, Thailand", "100 %")
	if strings.Contains(page.Text(), "1234567") {
		t.Error("the page shows a document's number")
	}
	res := officer.send(t, path, path+"/recommendation", recommendation())
	waits := res.Header.Get("Location")
	if res.StatusCode != 303 || !strings.HasPrefix(waits, "/decisions/") {
		t.Fatalf("recommending: %d\n%s", res.StatusCode, document(t, res.Body).Find("main").Text())
	}
	if res := officer.send(t, "/account", path+"/recommendation", recommendation()); res.StatusCode != 409 {
		t.Errorf("recommending again: %d", res.StatusCode)
	}
	_, page = second.get(t, path)
	wantText(t, page, "Recommended: grant", "Open the decision that waits")
	_, page = second.get(t, waits)
	wantText(t, page, "Sample Recruitment", "New licence", "L-2026/0001", "1 March 2028", "All is in order.")
	if res := second.send(t, waits, waits+"/approve", url.Values{}); res.StatusCode != 303 {
		t.Fatalf("deciding: %d\n%s", res.StatusCode, document(t, res.Body).Find("main").Text())
	}
	_, page = officer.get(t, "/ministry/applications")
	wantText(t, page, "Nothing waits")
	_, page = officer.get(t, "/ministry/applications?status=granted&q=sample&kind=first")
	wantText(t, page, "1 application", "Sample Recruitment", "Granted")

	_, page = head.get(t, "/agency")
	wantText(t, page, "Licensed", "L-2026/0001", "1 March 2028", "All is in order.")
	clerk := s.signIn(t, "clerk@sample.example")
	if res := clerk.send(t, "/agency/placements/new", "/agency/placements/new", placementForm()); res.StatusCode != 303 {
		t.Fatalf("placing: %d", res.StatusCode)
	}
	_, page = clerk.get(t, "/agency/placements")
	wantText(t, page, "1 placement", "Sunrise Sample Foods", "Thailand", "food product machine operators", "20 March 2026")
	if strings.Contains(page.Text(), "N0000001") {
		t.Error("the list shows a document's number")
	}
}

func TestAFormThatFailsKeepsWhatWasTypedAndSaysWhereItIsWrong(t *testing.T) {
	s := openCounter(t)
	head := s.signIn(t, "head@sample.example")
	head.send(t, "/agency/application", "/agency/application", url.Values{})
	values := answered()["directors"]
	values.Set("phone", "ask at the desk")
	values.Set("born_on_month", "13")
	values.Del("convicted")
	res := head.send(t, "/agency/application/directors/new", "/agency/application/directors/new", values)
	page := document(t, res.Body)
	if res.StatusCode != 422 || page.Find(".govuk-error-summary li").Length() != 3 || page.Find("#phone-error, #born_on-error, #convicted-error").Length() != 3 {
		t.Errorf("status %d, %d errors: %s", res.StatusCode, page.Find(".govuk-error-summary li").Length(), page.Find(".govuk-error-summary").Text())
	}
	if v, _ := page.Find("#name_latin").Attr("value"); v != "Sok Sample" {
		t.Errorf("the director is lost: %q", v)
	}
	if v, _ := page.Find("#born_on-month").Attr("value"); v != "13" {
		t.Errorf("the month is lost: %q", v)
	}
	if page.Find(`select[name="nationality"] option[value="KH"][selected]`).Length() != 1 {
		t.Error("the nationality is lost")
	}
	values = placementForm()
	values.Set("departure_month", "13")
	res = head.send(t, "/agency/placements/new", "/agency/placements/new", values)
	page = document(t, res.Body)
	if v, _ := page.Find("#departure-month").Attr("value"); res.StatusCode != 422 || v != "13" || page.Find("#departure-error").Length() != 1 {
		t.Errorf("status %d, month %q", res.StatusCode, v)
	}
	if page.Find(`select[name="country"] option[value="TH"][selected]`).Length() != 1 {
		t.Error("the country is lost")
	}
}

func TestAPlacementThatCannotBeHashedNowComesBackWhole(t *testing.T) {
	s := openCounter(t)
	head := s.signIn(t, "head@sample.example")
	s.key.away = true
	res := head.send(t, "/agency/placements/new", "/agency/placements/new", placementForm())
	page := document(t, res.Body)
	if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(page.Find(".govuk-error-summary").Text(), "all of it is still here") {
		t.Errorf("status %d: %s", res.StatusCode, page.Find(".govuk-error-summary").Text())
	}
	for field, want := range map[string]string{"employer": "Sunrise Sample Foods", "document": "N0000001", "departure-month": "3"} {
		if got, _ := page.Find("#" + field).Attr("value"); got != want {
			t.Errorf("%s: %q", field, got)
		}
	}
}

func TestARecommendationThatFailsKeepsWhatWasTyped(t *testing.T) {
	s := openCounter(t)
	s.signIn(t, "head@sample.example").apply(t)
	officer := s.signIn(t, "officer@ministry.example")
	_, page := officer.get(t, "/ministry/applications")
	path, _ := page.Find("main tbody a").Attr("href")
	values := recommendation()
	values.Set("reason", "")
	values.Set("valid_until_day", "31")
	values.Set("valid_until_month", "2")
	res := officer.send(t, path, path+"/recommendation", values)
	page = document(t, res.Body)
	if res.StatusCode != 422 || page.Find("#reason-error, #valid_until-error").Length() != 2 {
		t.Errorf("status %d\n%s", res.StatusCode, page.Find(".govuk-error-summary").Text())
	}
	if v, _ := page.Find("#number").Attr("value"); v != "L-2026/0001" {
		t.Errorf("the number is lost: %q", v)
	}
	values = recommendation()
	values["scope"] = []string{"TH", "XX"}
	if res := officer.send(t, path, path+"/recommendation", values); res.StatusCode != 422 || document(t, res.Body).Find("#scope-error").Length() != 1 {
		t.Errorf("a scope that nobody asked for: %d", res.StatusCode)
	}
}

func TestAnApplicationIsSentBackWithRemarksAtItsAnswersAndComesAgain(t *testing.T) {
	s := openCounter(t)
	head := s.signIn(t, "head@sample.example")
	head.apply(t)
	officer := s.signIn(t, "officer@ministry.example")
	_, page := officer.get(t, "/ministry/applications")
	path, _ := page.Find("main tbody a").Attr("href")
	if res := officer.send(t, path, path+"/return", url.Values{}); res.StatusCode != 409 {
		t.Errorf("sent back without a remark: %d", res.StatusCode)
	}
	_, page = officer.get(t, path)
	href, _ := page.Find(`a[href*="section=directors"][href*="field=address"]`).Attr("href")
	_, page = officer.get(t, href)
	wantText(t, page, "Directors: Sok Sample", "1 Invented Street")
	form := url.Values{"text": {"This street is unknown."}}
	for _, field := range []string{"section", "item", "field"} {
		v, _ := page.Find(`input[name="` + field + `"]`).Attr("value")
		form.Set(field, v)
	}
	if res := officer.send(t, href, path+"/remarks", form); res.StatusCode != 303 {
		t.Fatalf("remarking: %d", res.StatusCode)
	}
	if res := officer.send(t, path, path+"/return", url.Values{}); res.StatusCode != 303 {
		t.Fatalf("sending back: %d", res.StatusCode)
	}
	_, page = head.get(t, "/agency/application")
	wantText(t, page, "The ministry sent this back")
	_, page = head.get(t, "/agency/application/directors")
	wantText(t, page, "This street is unknown.")
	item, _ := page.Find("main tbody a").Attr("href")
	_, page = head.get(t, item)
	wantText(t, page, "This street is unknown.", "ends with 4567")
	values := answered()["directors"]
	values.Set("address", "3 Invented Street")
	values.Del("document_number")
	if res := head.send(t, item, item, values); res.StatusCode != 303 {
		t.Fatalf("correcting: %d", res.StatusCode)
	}
	if res := head.send(t, "/agency/application", "/agency/application/file", url.Values{}); res.StatusCode != 303 {
		t.Fatalf("filing again: %d", res.StatusCode)
	}
	_, page = officer.get(t, path)
	wantText(t, page, "round 2", "What changed since last time", "1 Invented Street", "3 Invented Street")
	if page.Find("#changes").Parent().Find("tbody tr").Length() != 1 {
		t.Errorf("more than one change: %s", page.Find("#changes").Parent().Text())
	}
}

func TestTheChecklistLeadsToWhatIsMissingAndNothingIsFiledBefore(t *testing.T) {
	s := openCounter(t)
	head := s.signIn(t, "head@sample.example")
	head.send(t, "/agency/application", "/agency/application", url.Values{})
	_, page := head.get(t, "/agency/application")
	wantText(t, page, "answers are missing", "You can file when all sections are complete")
	res := head.send(t, "/agency/application", "/agency/application/file", url.Values{})
	if res.StatusCode != 422 {
		t.Errorf("an empty dossier is filed: %d", res.StatusCode)
	}
	wantText(t, document(t, res.Body), "Nothing was filed")
	clerk := s.signIn(t, "clerk@sample.example")
	if res := clerk.send(t, "/agency/application/scope", "/agency/application/scope/new", answered()["scope"]); res.StatusCode != 303 {
		t.Errorf("a clerk cannot answer: %d", res.StatusCode)
	}
	if res := clerk.send(t, "/agency/application", "/agency/application/file", url.Values{}); res.StatusCode != 404 {
		t.Errorf("a clerk files: %d", res.StatusCode)
	}
	if res := head.send(t, "/agency/application", "/agency/application/withdraw", url.Values{}); res.StatusCode != 303 {
		t.Errorf("withdrawing: %d", res.StatusCode)
	}
	_, page = head.get(t, "/agency/application")
	wantText(t, page, "Begin an application")
}

func TestAFilterThatIsNoTextIsNoError(t *testing.T) {
	s := openCounter(t)
	officer := s.signIn(t, "officer@ministry.example")
	for _, query := range []string{"q=%00", "q=a%ffb", "status=%00", "status=nope", "page=99999999999999999999", "page=-3"} {
		if status, _ := officer.get(t, "/ministry/applications?"+query); status != http.StatusOK {
			t.Errorf("%s: status %d", query, status)
		}
	}
}

func TestEveryDeskKeepsToItsOwnPages(t *testing.T) {
	s := openCounter(t)
	for email, paths := range map[string][]string{
		"officer@ministry.example": {"/agency", "/agency/application", "/agency/placements", "/agency/placements/new"},
		"clerk@sample.example":     {"/ministry/applications", "/ministry/applications/" + id.New().String()},
		"head@sample.example":      {"/ministry/applications"},
	} {
		v := s.signIn(t, email)
		for _, path := range paths {
			if status, _ := v.get(t, path); status != 404 {
				t.Errorf("%s at %s: %d", email, path, status)
			}
		}
	}
	officer := s.signIn(t, "officer@ministry.example")
	for _, path := range []string{"/ministry/applications/" + id.New().String(), "/ministry/applications/none"} {
		if status, _ := officer.get(t, path); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestTheDesksSpeakKhmer(t *testing.T) {
	s := openCounter(t)
	head := s.signIn(t, "head@sample.example")
	head.cookies["language"] = "km"
	for path, text := range map[string]string{"/agency": "ដាក់ពាក្យសុំអាជ្ញាបណ្ណ", "/agency/application": "ចាប់ផ្តើមពាក្យសុំ", "/agency/placements": "មិនទាន់មានពលករ", "/agency/placements/new": "សូមជ្រើសរើសប្រទេស"} {
		if _, page := head.get(t, path); !strings.Contains(page.Text(), text) {
			t.Errorf("%s does not say %s", path, text)
		}
	}
}

func TestTheFormOfAnAgencySaysWhatTheLawAsksOrThatNobodyKnows(t *testing.T) {
	s := openCounter(t)
	_, page := s.signIn(t, "head@sample.example").get(t, "/agency/application")
	if n := strings.Count(page.Find("main").Text(), "Not configured"); n != 4 {
		t.Errorf("%d of four are not configured: %s", n, page.Find("main").Text())
	}
}
