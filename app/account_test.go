package app_test

import (
	"bytes"
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
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
)

// house is the account pages with one administrator, Sok.
type house struct {
	*counter
	db     *testkit.Database
	clock  *clock.Fake
	people *identity.People
	unit   uuid.UUID
}

func openHouse(t *testing.T, demo bool) *house {
	t.Helper()
	h := &house{counter: &counter{log: &bytes.Buffer{}}, db: testkit.DB(t), clock: testkit.Clock(), unit: id.New()}
	h.people = testkit.People(h.clock)
	if _, err := h.db.Super(t).Exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'administration', 'administration', '{"en":"Administration"}')`, h.unit); err != nil {
		t.Fatal(err)
	}
	h.db.Hire(t, h.clock, "sok@administration.example", "Sok", h.unit, identity.RoleAdministrator)
	pages, err := views.New()
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse("http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	sessions := identity.NewSessions(h.db.DB, h.people)
	if err := sessions.UseKeys(base); err != nil {
		t.Fatal(err)
	}
	w, err := web.New(web.Config{BaseURL: base, Demo: demo, CSRFKey: bytes.Repeat([]byte{7}, 32)}, pages, sessions, slog.New(slog.NewTextHandler(h.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	h.server, err = app.New(app.Config{Surfaces: []web.Surface{web.Staff}}, w, app.Pages{Account: account.New(w, sessions, nil)})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) browser() *visitor { return &visitor{h.counter, map[string]string{}} }

// leads fails unless the answer sends the visitor to path.
func leads(t *testing.T, res *http.Response, path string) {
	t.Helper()
	if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || got != path {
		t.Fatalf("%d to %q, want %q", res.StatusCode, got, path)
	}
}

func (v *visitor) passphrase(t *testing.T, email string) *http.Response {
	t.Helper()
	return v.send(t, "/sign-in", "/sign-in", url.Values{"email": {email}, "passphrase": {testkit.Passphrase}})
}

// enrolApp adds an authenticator app by its page and returns its secret.
func (h *house) enrolApp(t *testing.T, v *visitor) string {
	t.Helper()
	_, page := v.get(t, "/account/factors/app")
	secret := strings.Join(strings.Fields(page.Find(`main p[translate="no"]`).Text()), "")
	sealed, _ := page.Find(`input[name="sealed"]`).Attr("value")
	if page.Find("svg.fp-scan path").Length() != 1 || len(secret) != 32 {
		t.Fatalf("no picture, or a secret of %d letters", len(secret))
	}
	res := v.send(t, "/account/factors/app", "/account/factors/app", url.Values{"sealed": {sealed}, "code": {"000000x"}})
	if page := document(t, res.Body); res.StatusCode != 422 || page.Find(".govuk-error-summary").Length() != 1 || !strings.Contains(strings.Join(strings.Fields(page.Find(`main p[translate="no"]`).Text()), ""), secret) {
		t.Fatalf("a wrong code: %d, or the picture is another", res.StatusCode)
	}
	leads(t, v.send(t, "/account/factors/app", "/account/factors/app", url.Values{"sealed": {sealed}, "code": {h.code(t, secret)}}), "/account/factors/codes")
	h.clock.Advance(time.Minute)
	return secret
}

func (h *house) code(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, h.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestWithoutASecondFactorEveryPageLeadsToEnrolOne(t *testing.T) {
	h := openHouse(t, false)
	v := h.browser()
	res := v.passphrase(t, "sok@administration.example")
	if res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	for _, r := range app.SiteMap(nil, app.Pages{}) {
		if r.Surface != web.Staff || r.Plain || r.Unguarded || strings.Contains(r.Path, ":") || r.Method != fiber.MethodGet {
			continue
		}
		res := v.do(t, httptest.NewRequest(http.MethodGet, r.Path, nil))
		// A program is told so; it has no page to be led to.
		if r.JSON && res.StatusCode == http.StatusConflict {
			continue
		}
		if res.StatusCode != http.StatusNotFound && res.Header.Get("Location") != "/account/factors" {
			t.Errorf("%s answers %d to %q", r.Path, res.StatusCode, res.Header.Get("Location"))
		}
	}
	_, page := v.get(t, "/account/factors")
	wantText(t, page, "until then nothing else opens")
	h.enrolApp(t, v)
	if status, page := v.get(t, "/account"); status != 200 {
		t.Errorf("after enrolling: %d %s", status, page.Text())
	}
}

func TestInADemonstrationASecondFactorIsOptionalAndSaysSo(t *testing.T) {
	h := openHouse(t, true)
	v := h.browser()
	leads(t, v.passphrase(t, "sok@administration.example"), "/admin/people")
	_, page := v.get(t, "/account")
	wantText(t, page, "In this demonstration a second factor is optional", "1 session is open")
}

func TestTheSecondStepWorksWithoutScript(t *testing.T) {
	h := openHouse(t, true)
	first := h.browser()
	first.passphrase(t, "sok@administration.example")
	secret := h.enrolApp(t, first)
	codes := document(t, first.send(t, "/account/factors/codes", "/account/factors/codes", url.Values{}).Body).Find("main ol li").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
	if len(codes) != 10 {
		t.Fatalf("%d codes", len(codes))
	}
	for name, code := range map[string]string{"an app's code": h.code(t, secret), "a recovery code": codes[4]} {
		v := h.browser()
		leads(t, v.passphrase(t, "sok@administration.example"), "/sign-in/factor")
		res := v.send(t, "/sign-in/factor", "/sign-in/factor", url.Values{"code": {"999999"}})
		page := document(t, res.Body)
		if res.StatusCode != 422 || page.Find(".govuk-error-summary a[href='#code']").Length() != 1 || page.Find("#code").AttrOr("value", "") != "" {
			t.Errorf("%s: a wrong one: %d", name, res.StatusCode)
		}
		// Halfway nothing opens.
		for _, path := range []string{"/account", "/account/factors", "/account/sessions"} {
			leads(t, v.do(t, httptest.NewRequest(http.MethodGet, path, nil)), "/sign-in")
		}
		leads(t, v.send(t, "/sign-in/factor", "/sign-in/factor", url.Values{"code": {code}}), "/admin/people")
	}
}

func TestTheSecondStepIsNoAddressOfItsOwn(t *testing.T) {
	h := openHouse(t, true)
	v := h.browser()
	leads(t, v.do(t, httptest.NewRequest(http.MethodGet, "/sign-in/factor", nil)), "/sign-in?done=again")
	_, page := v.get(t, "/sign-in?done=again")
	wantText(t, page, "Please sign in again")
}

func TestASecurityKeyIsAddedAndSignsIn(t *testing.T) {
	h := openHouse(t, true)
	key := testkit.NewSecurityKey(t, "http://localhost:8080")
	v := h.browser()
	v.passphrase(t, "sok@administration.example")
	_, page := v.get(t, "/account/factors/key")
	form := page.Find(`form[data-key="create"]`)
	values := url.Values{"name": {"Blue one"}, "answer": {key.Create(t, form.AttrOr("data-options", ""))}, "_csrf": {form.Find(`input[name="_csrf"]`).AttrOr("value", "")}}
	leads(t, v.post(t, "/account/factors/key", values), "/account/factors/codes")
	_, page = v.get(t, "/account/factors")
	wantText(t, page, "Blue one", "Security key")

	v = h.browser()
	leads(t, v.passphrase(t, "sok@administration.example"), "/sign-in/factor")
	_, page = v.get(t, "/sign-in/factor")
	form = page.Find(`form[data-key="get"]`)
	values = url.Values{"answer": {key.Get(t, form.AttrOr("data-options", ""))}, "_csrf": {form.Find(`input[name="_csrf"]`).AttrOr("value", "")}}
	leads(t, v.post(t, "/sign-in/factor", values), "/admin/people")
}

// post sends a form as it stands, without opening its page again.
func (v *visitor) post(t *testing.T, path string, values url.Values) *http.Response {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	req.Header.Set("Content-Type", fiber.MIMEApplicationForm)
	return v.do(t, req)
}

func TestStepUpLeadsToConfirmAndBack(t *testing.T) {
	h := openHouse(t, true)
	v := h.browser()
	v.passphrase(t, "sok@administration.example")
	_, open := v.get(t, "/account/passphrase")
	h.clock.Advance(11 * time.Minute)
	res := v.do(t, httptest.NewRequest(http.MethodGet, "/account/passphrase", nil))
	confirm := "/account/confirm?to=" + url.QueryEscape("/account/passphrase")
	leads(t, res, confirm)
	res = v.send(t, confirm, "/account/confirm", url.Values{"to": {"/account/passphrase"}, "passphrase": {"wrong"}})
	if page := document(t, res.Body); res.StatusCode != 422 || page.Find(`input[name="to"]`).AttrOr("value", "") != "/account/passphrase" {
		t.Fatalf("a wrong passphrase: %d", res.StatusCode)
	}
	before := v.cookies["session"]
	leads(t, v.send(t, confirm, "/account/confirm", url.Values{"to": {"/account/passphrase"}, "passphrase": {testkit.Passphrase}}), "/account/passphrase")
	if v.cookies["session"] == before {
		t.Error("the session keeps its token")
	}
	// The form that lay open meanwhile is still good.
	values := url.Values{
		"old": {testkit.Passphrase}, "new": {"eleven loud mountains"}, "_csrf": {open.Find(`main input[name="_csrf"]`).AttrOr("value", "")},
	}
	leads(t, v.post(t, "/account/passphrase", values), "/account?done=passphrase")
	for _, away := range []string{"//evil.example", "https://evil.example/", "/\\evil.example"} {
		leads(t, v.send(t, "/account/confirm", "/account/confirm", url.Values{"to": {away}, "passphrase": {"eleven loud mountains"}}), "/account")
	}
}

func TestAFormThatIsSentTooLateGoesBackToItsOwnPage(t *testing.T) {
	h := openHouse(t, true)
	v := h.browser()
	v.passphrase(t, "sok@administration.example")
	h.clock.Advance(11 * time.Minute)
	for referer, want := range map[string]string{
		"http://localhost:8080/account/passphrase": "/account/passphrase", "http://evil.example/account/passphrase": "/account", "": "/account",
	} {
		req := httptest.NewRequest(http.MethodPost, "/account/passphrase", strings.NewReader("new=x"))
		req.Header.Set("Content-Type", fiber.MIMEApplicationForm)
		req.Header.Set("Referer", referer)
		leads(t, v.do(t, req), "/account/confirm?to="+url.QueryEscape(want))
	}
}

func TestAnInvitationIsTypedAndLeadsToEnrol(t *testing.T) {
	h := openHouse(t, false)
	var code string
	err := h.db.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
		person, err := h.people.Add(tx, identity.Newcomer{Email: "new@administration.example", Name: "Newcomer"})
		if err != nil {
			return err
		}
		if err := h.people.Grant(tx, person, h.unit, identity.RoleAdministrator, uuid.Nil); err != nil {
			return err
		}
		code, err = h.people.Invite(tx, identity.Invitation{Person: person, Email: "new@administration.example"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	v := h.browser()
	for name, values := range map[string]url.Values{
		"a wrong code": {"code": {"AAAA"}, "passphrase": {"seven quiet rivers"}}, "a weak passphrase": {"code": {code}, "passphrase": {"short"}}, "nothing": {},
	} {
		res := v.send(t, "/invitation", "/invitation", values)
		if page := document(t, res.Body); res.StatusCode != 422 || page.Find(".govuk-error-summary").Length() != 1 || page.Find("#passphrase").AttrOr("value", "") != "" {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	leads(t, v.send(t, "/invitation", "/invitation", url.Values{"code": {code}, "passphrase": {"seven quiet rivers"}}), "/account/factors")
	_, page := v.get(t, "/account/factors")
	wantText(t, page, "You have none yet")
}

func TestSessionsAreEndedFromTheirPage(t *testing.T) {
	h := openHouse(t, true)
	here, there := h.browser(), h.browser()
	for _, v := range []*visitor{here, there} {
		v.passphrase(t, "sok@administration.example")
	}
	_, page := here.get(t, "/account/sessions")
	other := page.Find(`input[name="session"]`).First().AttrOr("value", "")
	leads(t, here.send(t, "/account/sessions", "/account/sessions", url.Values{"session": {other}}), "/account/sessions?done=ended")
	leads(t, there.do(t, httptest.NewRequest(http.MethodGet, "/account", nil)), "/sign-in")
	if status, _ := here.get(t, "/account"); status != 200 {
		t.Error(status)
	}
	if res := here.send(t, "/account/sessions", "/account/sessions", url.Values{"session": {id.New().String()}}); res.StatusCode != 404 {
		t.Errorf("another's session: %d", res.StatusCode)
	}
	leads(t, here.send(t, "/account/sessions", "/account/sessions", url.Values{"session": {"others"}}), "/account/sessions?done=ended")
}

// The mark that a browser keeps opens nothing.
func TestAKnownBrowserIsNoSession(t *testing.T) {
	h := openHouse(t, true)
	v := h.browser()
	v.passphrase(t, "sok@administration.example")
	if v.cookies["device"] == "" {
		t.Fatal("no mark is kept")
	}
	mark := v.cookies["device"]
	v = h.browser()
	v.cookies["device"], v.cookies["session"], v.cookies["halfway"] = mark, mark, mark
	leads(t, v.do(t, httptest.NewRequest(http.MethodGet, "/account", nil)), "/sign-in")
}

// Somebody without a role cannot sign in to look their key up, and whoever
// approves a role compares it.
func TestWhoeverAcceptsBeforeTheyHaveARoleIsShownTheirKey(t *testing.T) {
	h := openHouse(t, false)
	var code string
	err := h.db.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
		person, err := h.people.Add(tx, identity.Newcomer{Email: "new@administration.example", Name: "Newcomer"})
		if err != nil {
			return err
		}
		code, err = h.people.Invite(tx, identity.Invitation{Person: person, Email: "new@administration.example"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	v := h.browser()
	res := v.send(t, "/invitation", "/invitation", url.Values{"code": {code}, "passphrase": {"seven quiet rivers"}})
	page := document(t, res.Body)
	var key string
	if err := h.db.Super(t).QueryRow(`SELECT k.id FROM member_keys k JOIN people p ON p.id = k.person_id WHERE p.name = 'Newcomer'`).Scan(&key); err != nil {
		t.Fatal(err)
	}
	wantText(t, page, key, "as soon as your role has been approved")
	leads(t, v.do(t, httptest.NewRequest(http.MethodGet, "/account", nil)), "/sign-in")
}
