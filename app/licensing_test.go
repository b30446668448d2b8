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
	"github.com/fairpassage/portal/app/ministry"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/country"
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
	unit("ministry-hq", "ministry", nil, map[string]string{"officer@ministry.example": "licensing_officer"})

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
	s.server, err = app.New(app.Config{Surfaces: []web.Surface{web.Staff}}, w, app.Pages{
		Account:   account.New(w, sessions, nil),
		Agency:    agency.New(w, licences, placement.New(db.DB, clk, s.key, home), people.New(people.Deps{DB: db.DB, Clock: clk, People: testkit.People(clk)}), home),
		Licensing: ministry.New(w, licences),
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

func applicationForm() url.Values {
	return url.Values{
		"director": {"Sok Sample"}, "address": {"1 Invented Street"}, "phone": {"012 000 001"},
		"destinations": {"TH", "JP"}, "declaration": {"yes"},
	}
}

func decisionForm() url.Values {
	return url.Values{
		"decision": {"grant"}, "reason": {"All is in order."}, "number": {"L-2026/0001"},
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
	if res := head.send(t, "/agency/application", "/agency/application", applicationForm()); res.StatusCode != 303 {
		t.Fatalf("filing: %d", res.StatusCode)
	}
	_, page = head.get(t, "/agency/application")
	wantText(t, page, "cannot be changed until it is decided", "+85512000001", "Japan, Thailand")

	officer := s.signIn(t, "officer@ministry.example")
	_, page = officer.get(t, "/ministry/applications")
	path, _ := page.Find("main tbody a").Attr("href")
	if path == "" {
		t.Fatal("the queue does not lead to the application")
	}
	_, page = officer.get(t, path)
	wantText(t, page, "Sok Sample", "No licence term is configured")
	if res := officer.send(t, path, path+"/decision", decisionForm()); res.StatusCode != 303 {
		t.Fatalf("deciding: %d", res.StatusCode)
	}
	if res := officer.send(t, "/account", path+"/decision", decisionForm()); res.StatusCode != 409 {
		t.Errorf("deciding again: %d", res.StatusCode)
	}
	_, page = officer.get(t, "/ministry/applications")
	wantText(t, page, "Nothing waits")
	_, page = officer.get(t, "/ministry/applications?status=granted&q=sample")
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
	values := applicationForm()
	values.Set("phone", "ask at the desk")
	values.Del("declaration")
	res := head.send(t, "/agency/application", "/agency/application", values)
	page := document(t, res.Body)
	if res.StatusCode != 422 || page.Find(".govuk-error-summary li").Length() != 2 || page.Find("#phone-error, #declaration-error").Length() != 2 {
		t.Errorf("status %d, %d errors", res.StatusCode, page.Find(".govuk-error-summary li").Length())
	}
	if v, _ := page.Find("#director").Attr("value"); v != "Sok Sample" {
		t.Errorf("the director is lost: %q", v)
	}
	if page.Find(`input[name="destinations"][checked]`).Length() != 2 {
		t.Error("the destinations are lost")
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

func TestADecisionThatFailsKeepsWhatWasTyped(t *testing.T) {
	s := openCounter(t)
	s.signIn(t, "head@sample.example").send(t, "/agency/application", "/agency/application", applicationForm())
	officer := s.signIn(t, "officer@ministry.example")
	_, page := officer.get(t, "/ministry/applications")
	path, _ := page.Find("main tbody a").Attr("href")
	values := decisionForm()
	values.Set("reason", "")
	values.Set("valid_until_day", "31")
	values.Set("valid_until_month", "2")
	res := officer.send(t, path, path+"/decision", values)
	page = document(t, res.Body)
	if res.StatusCode != 422 || page.Find("#reason-error, #valid_until-error").Length() != 2 {
		t.Errorf("status %d\n%s", res.StatusCode, page.Find(".govuk-error-summary").Text())
	}
	if v, _ := page.Find("#number").Attr("value"); v != "L-2026/0001" {
		t.Errorf("the number is lost: %q", v)
	}
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
		"clerk@sample.example":     {"/agency/application", "/ministry/applications", "/ministry/applications/" + id.New().String()},
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
	for path, text := range map[string]string{"/agency": "ដាក់ពាក្យសុំអាជ្ញាបណ្ណ", "/agency/application": "ប្រទេសគោលដៅ", "/agency/placements": "មិនទាន់មានពលករ", "/agency/placements/new": "សូមជ្រើសរើសប្រទេស"} {
		if _, page := head.get(t, path); !strings.Contains(page.Text(), text) {
			t.Errorf("%s does not say %s", path, text)
		}
	}
}

func TestTheFormOfAnAgencySaysWhatTheLawAsksOrThatNobodyKnows(t *testing.T) {
	s := openCounter(t)
	_, page := s.signIn(t, "head@sample.example").get(t, "/agency/application")
	if n := strings.Count(page.Find("main").Text(), "Not configured"); n != 3 {
		t.Errorf("%d of three are not configured: %s", n, page.Find("main").Text())
	}
}
