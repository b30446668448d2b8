package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/account"
	"github.com/fairpassage/portal/app/admin"
	decisionpages "github.com/fairpassage/portal/app/decision"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// bureau is the site with two administrators, a police unit of a commander and
// an investigator, and somebody without a role.
type bureau struct {
	*counter
	police    uuid.UUID
	admins    uuid.UUID
	newcomer  uuid.UUID
	commander uuid.UUID
}

func openBureau(t *testing.T) *bureau {
	t.Helper()
	b := &bureau{counter: &counter{log: &bytes.Buffer{}, db: testkit.DB(t)}, police: id.New(), admins: id.New()}
	clk := testkit.Clock()
	b.exec(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, 'police', 'police', '{"en": "Police unit", "km": "នគរបាល"}'), ($2, 'administration', 'administration', '{"en": "Administration"}')`, b.police, b.admins)
	b.db.Hire(t, clk, "first@administration.example", "First", b.admins, identity.RoleAdministrator)
	b.db.Hire(t, clk, "second@administration.example", "Second", b.admins, identity.RoleAdministrator)
	b.commander = b.db.Hire(t, clk, "commander@police.example", "Commander", b.police, identity.RoleCommander)
	b.db.Hire(t, clk, "investigator@police.example", "Investigator", b.police, identity.RoleInvestigator)
	b.newcomer = b.db.Hire(t, clk, "newcomer@police.example", "New Comer", b.police)
	pages, err := views.New()
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse("http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	keeper := testkit.People(clk)
	sessions := identity.NewSessions(b.db.DB, keeper)
	w, err := web.New(web.Config{BaseURL: base, Demo: true, CSRFKey: bytes.Repeat([]byte{7}, 32)}, pages, sessions, slog.New(slog.NewTextHandler(b.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	decisions, err := decision.NewService(b.db.DB, clk, keeper, people.Rules(keeper)...)
	if err != nil {
		t.Fatal(err)
	}
	b.server, err = app.New(app.Config{Surfaces: []web.Surface{web.Staff}}, w, app.Pages{
		Account:   account.New(w, sessions, nil),
		Decisions: decisionpages.New(w, decisions),
		Admin:     admin.New(w, people.New(people.Deps{DB: b.db.DB, Clock: clk, People: keeper, Decisions: decisions})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bureau) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := b.db.Super(t).ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func (b *bureau) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := b.db.Super(t).QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// propose asks for a role for the newcomer and returns the decision's address.
func (b *bureau) propose(t *testing.T, by *visitor, unit uuid.UUID, role identity.Role) string {
	t.Helper()
	page := "/admin/people/" + b.newcomer.String()
	res := by.send(t, page, page+"/roles", url.Values{"unit": {unit.String()}, "role": {string(role)}})
	to := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/decisions/") {
		t.Fatalf("proposing: %d, %q", res.StatusCode, to)
	}
	return to
}

func TestAProposalWaitsOnThePageOfTheReceivingUnit(t *testing.T) {
	b := openBureau(t)
	first := b.signIn(t, "first@administration.example")
	_, empty := first.get(t, "/decisions")
	wantText(t, empty, "Nothing waits for a second person")
	path := b.propose(t, first, b.police, identity.RoleInvestigator)
	_, own := first.get(t, path)
	wantText(t, own, "You proposed this, so somebody else has to decide it", "New Comer", "Investigator")
	if own.Find(`form[action$="/approve"]`).Length() != 0 {
		t.Error("the proposer is offered to approve")
	}
	commander := b.signIn(t, "commander@police.example")
	_, list := commander.get(t, "/decisions")
	wantText(t, list, "A role that reads cases", "For you", "First")
	_, page := commander.get(t, path)
	wantText(t, page, "compare the fingerprint", "Approve and sign", "Police unit")
	if res := commander.send(t, path, path+"/approve", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("approving: %d", res.StatusCode)
	}
	if n := b.count(t, `SELECT count(*) FROM memberships WHERE person_id = $1 AND role = 'investigator'`, b.newcomer); n != 1 {
		t.Error("the role was not given")
	}
	_, done := commander.get(t, path)
	wantText(t, done, "Approved", "Commander")
	_, decided := commander.get(t, "/decisions?view=decided&kind=role.grant")
	wantText(t, decided, "A role that reads cases", "Approved")
	if res := commander.send(t, "/decisions", path+"/refuse", url.Values{"reason": {"Too late."}}); res.StatusCode != http.StatusConflict {
		t.Errorf("refusing afterwards: %d", res.StatusCode)
	}
}

func TestRefusingWantsAReasonAndKeepsWhatWasTyped(t *testing.T) {
	b := openBureau(t)
	path := b.propose(t, b.signIn(t, "first@administration.example"), b.police, identity.RoleInvestigator)
	commander := b.signIn(t, "commander@police.example")
	res := commander.send(t, path, path+"/refuse", url.Values{"reason": {" "}})
	page := document(t, res.Body)
	wantText(t, page, "Give a reason")
	if res.StatusCode != http.StatusUnprocessableEntity || page.Find(".govuk-error-summary").Length() != 1 {
		t.Errorf("status %d", res.StatusCode)
	}
	if res := commander.send(t, path, path+"/send-back", url.Values{"reason": {"Which office?"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("sending back: %d", res.StatusCode)
	}
	_, after := b.signIn(t, "first@administration.example").get(t, path)
	wantText(t, after, "Sent back", "Which office?")
}

func TestWhoDoesNotDecideIsShownNothing(t *testing.T) {
	b := openBureau(t)
	path := b.propose(t, b.signIn(t, "first@administration.example"), b.police, identity.RoleInvestigator)
	investigator := b.signIn(t, "investigator@police.example")
	_, page := investigator.get(t, path)
	if page.Find(`form[action$="/approve"]`).Length() != 0 {
		t.Error("an investigator is offered to approve")
	}
	if res := investigator.send(t, "/decisions", path+"/approve", url.Values{}); res.StatusCode != http.StatusNotFound {
		t.Errorf("an investigator approves: %d", res.StatusCode)
	}
	for _, p := range []string{"/admin/people", "/admin/units", "/admin/people/" + b.newcomer.String()} {
		if status, _ := investigator.get(t, p); status != http.StatusNotFound {
			t.Errorf("%s: %d", p, status)
		}
	}
}

func TestASessionWithoutAKeySaysSo(t *testing.T) {
	b := openBureau(t)
	path := b.propose(t, b.signIn(t, "first@administration.example"), b.police, identity.RoleInvestigator)
	commander := b.signIn(t, "commander@police.example")
	b.exec(t, `UPDATE sessions SET sealed_key = NULL WHERE person_id = $1`, b.commander)
	res := commander.send(t, path, path+"/approve", url.Values{})
	wantText(t, document(t, res.Body), "Your own key is not open in this session")
	if res.StatusCode != http.StatusConflict {
		t.Errorf("status %d", res.StatusCode)
	}
}

// program calls the interface as a script of the same browser would.
func (v *visitor) program(t *testing.T, method, path, token, body string) (int, map[string]any) {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if method == http.MethodPost {
		req.Header.Set("Content-Type", fiber.MIMEApplicationJSON)
		req.Header.Set(web.CSRFHeader, token)
	}
	res := v.do(t, req)
	answer := map[string]any{}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Fatalf("%s %s: %d, %v", method, path, res.StatusCode, err)
	}
	return res.StatusCode, answer
}

func TestProgramsGetTheSameAnswersAsPages(t *testing.T) {
	b := openBureau(t)
	first := b.signIn(t, "first@administration.example")
	path := "/api/v1" + b.propose(t, first, b.police, identity.RoleInvestigator)
	commander := b.signIn(t, "commander@police.example")
	status, list := commander.program(t, http.MethodGet, "/api/v1/decisions?view=waiting", "", "")
	token, _ := list["csrf"].(string)
	if lines, _ := list["decisions"].([]any); status != http.StatusOK || token == "" || len(lines) != 1 {
		t.Fatalf("%d, %v", status, list)
	}
	for name, c := range map[string]struct {
		token, path, body string
		want              int
	}{
		"no token":        {"", "/approve", `{}`, http.StatusForbidden},
		"a wrong one":     {"x", "/approve", `{}`, http.StatusForbidden},
		"no reason":       {token, "/refuse", `{}`, http.StatusUnprocessableEntity},
		"a reason twice":  {token, "/refuse", `{"reason":"a","reason":"b"}`, http.StatusUnprocessableEntity},
		"no JSON":         {token, "/refuse", `reason=a`, http.StatusUnprocessableEntity},
		"no such address": {token, "x/approve", `{}`, http.StatusNotFound},
	} {
		if status, answer := commander.program(t, http.MethodPost, path+c.path, c.token, c.body); status != c.want {
			t.Errorf("%s: %d, %v; want %d", name, status, answer, c.want)
		}
	}
	_, list = first.program(t, http.MethodGet, "/api/v1/decisions", "", "")
	own, _ := list["csrf"].(string)
	if status, answer := first.program(t, http.MethodPost, path+"/approve", own, `{}`); status != http.StatusConflict || answer["code"] != "decision.own" {
		t.Errorf("one's own: %d, %v", status, answer)
	}
	if status, answer := commander.program(t, http.MethodPost, path+"/approve", "", fmt.Sprintf(`{"_csrf":%q}`, token)); status != http.StatusOK || answer["state"] != "approved" {
		t.Errorf("with the token in the body: %d, %v", status, answer)
	}
	stranger := &visitor{b.counter, map[string]string{}}
	if status, _ := stranger.program(t, http.MethodGet, "/api/v1/decisions", "", ""); status != http.StatusUnauthorized {
		t.Errorf("signed out: %d", status)
	}
}

// Two thousand attempts at once to approve one's own proposal, half of them by
// form and half by program, by somebody who could approve any other.
func TestNobodyApprovesTheirOwnProposal(t *testing.T) {
	b := openBureau(t)
	first := b.signIn(t, "first@administration.example")
	path := b.propose(t, first, b.admins, identity.RoleAdministrator)
	_, page := first.get(t, path)
	token, _ := page.Find(`input[name="_csrf"]`).First().Attr("value")
	if token == "" {
		t.Fatal("no token to try with")
	}
	const attempts, hands = 2000, 16
	var next, succeeded, refused atomic.Int64
	var wait sync.WaitGroup
	for range hands {
		wait.Go(func() {
			for n := next.Add(1); n <= attempts; n = next.Add(1) {
				status, err := b.attempt(first.cookies, path, token, n%2 == 0)
				switch {
				case err != nil:
					t.Error(err)
				case status == http.StatusConflict:
					refused.Add(1)
				default:
					succeeded.Add(1)
				}
			}
		})
	}
	wait.Wait()
	t.Logf("%d attempts, %d refused, %d otherwise", attempts, refused.Load(), succeeded.Load())
	if refused.Load() != attempts || succeeded.Load() != 0 {
		t.Errorf("%d refused, %d otherwise; want all refused", refused.Load(), succeeded.Load())
	}
	if n := b.count(t, `SELECT count(*) FROM decisions WHERE state = 'waiting'`); n != 1 {
		t.Error("the proposal no longer waits")
	}
	if n := b.count(t, `SELECT count(*) FROM memberships WHERE person_id = $1`, b.newcomer); n != 0 {
		t.Error("the effect ran")
	}
	if res := b.signIn(t, "second@administration.example").send(t, path, path+"/approve", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the other administrator: %d", res.StatusCode)
	}
}

// attempt needs no test: it runs beside others.
func (b *bureau) attempt(cookies map[string]string, path, token string, program bool) (int, error) {
	body, kind := url.Values{"_csrf": {token}}.Encode(), fiber.MIMEApplicationForm
	if program {
		path, body, kind = "/api/v1"+path, fmt.Sprintf(`{"_csrf":%q}`, token), fiber.MIMEApplicationJSON
	}
	req := httptest.NewRequest(http.MethodPost, path+"/approve", strings.NewReader(body))
	req.Header.Set("Content-Type", kind)
	for name, value := range cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := b.server.Test(req, 60_000)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

func TestAnAdministratorManagesPeopleAndUnits(t *testing.T) {
	b := openBureau(t)
	first := b.signIn(t, "first@administration.example")
	res := first.send(t, "/admin/people/invite", "/admin/people/invite", url.Values{"name": {""}, "email": {"nobody"}, "language": {"km"}})
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a bad invitation: %d", res.StatusCode)
	}
	res = first.send(t, "/admin/people/invite", "/admin/people/invite", url.Values{"name": {"Invited Person"}, "email": {"invited@ministry.example"}, "language": {"km"}})
	page := document(t, res.Body)
	code := strings.TrimSpace(page.Find(".fp-code").Text())
	if res.StatusCode != http.StatusOK || len(code) < 26 {
		t.Fatalf("status %d, code of %d", res.StatusCode, len(code))
	}
	person, _ := page.Find(`main a[href^="/admin/people/"]`).Attr("href")
	_, again := first.get(t, person)
	if strings.Contains(again.Text(), code) {
		t.Error("the code is shown twice")
	}
	wantText(t, again, "Invited Person", "invited@ministry.example", "Invited", "No role")
	res = first.send(t, "/admin/people/invite", "/admin/people/invite", url.Values{"name": {"Another"}, "email": {"Invited@ministry.example"}, "language": {"en"}})
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the same address again: %d", res.StatusCode)
	}
	_, list := first.get(t, "/admin/people?q=invited&state=invited")
	wantText(t, list, "Invited Person")
	_, none := first.get(t, "/admin/people?q=nobody-of-that-name")
	wantText(t, none, "Nobody fits")

	res = first.send(t, "/admin/units", "/admin/units", url.Values{"new_kind": {"province"}, "code": {"Bad Code"}, "name_en": {"Bad"}})
	wantText(t, document(t, res.Body), "Use 2 to 40 small letters")
	b.placesUnits(t, first)
	res = first.send(t, "/admin/units", "/admin/units", url.Values{"new_kind": {"support"}, "code": {"house"}, "name_en": {"House"}, "name_km": {"ផ្ទះ"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("making a unit: %d", res.StatusCode)
	}
	_, unit := first.get(t, res.Header.Get("Location"))
	wantText(t, unit, "House", "Nobody works here yet", "Nobody here can admit others")
	for _, p := range []string{"/admin/units?kind=support", "/admin/units?q=none", "/decisions?view=mine", "/admin/units/" + b.police.String()} {
		if status, _ := first.get(t, p); status != http.StatusOK {
			t.Errorf("%s: %d", p, status)
		}
	}
}

// placesUnits makes an embassy desk, first with what is wrong about its place.
func (b *bureau) placesUnits(t *testing.T, admin *visitor) {
	t.Helper()
	ministry := id.New()
	b.exec(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, 'ministry', 'ministry', '{"en": "Ministry"}')`, ministry)
	desk := func(kind, province, countries string) url.Values {
		return url.Values{"new_kind": {kind}, "code": {"desk"}, "name_en": {"Desk"}, "parent": {ministry.String()}, "province": {province}, "countries": {countries}}
	}
	for text, form := range map[string]url.Values{
		"Write the province of this desk":      desk("province", " ", ""),
		"Write the countries of this desk":     desk("embassy", "", ""),
		"Use codes of two letters":             desk("embassy", "", "TH, Malaysia"),
		"Only an embassy desk has countries":   desk("province", "East Gate", "TH"),
		"A recruitment agency has no province": desk("agency", "East Gate", ""),
	} {
		res := admin.send(t, "/admin/units", "/admin/units", form)
		page := document(t, res.Body)
		wantText(t, page, text)
		for _, field := range []string{"province", "countries"} {
			if kept, _ := page.Find(`input[name="` + field + `"]`).Attr("value"); res.StatusCode != http.StatusUnprocessableEntity || kept != strings.TrimSpace(form.Get(field)) {
				t.Errorf("%s: %d, and %s keeps %q", text, res.StatusCode, field, kept)
			}
		}
	}
	res := admin.send(t, "/admin/units", "/admin/units", desk("embassy", "", "th, MY"))
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("making an embassy desk: %d", res.StatusCode)
	}
	_, unit := admin.get(t, res.Header.Get("Location"))
	wantText(t, unit, "Thailand, Malaysia")
}

func TestDeactivatingSignsOutAtOnce(t *testing.T) {
	b := openBureau(t)
	commander := b.signIn(t, "commander@police.example")
	first := b.signIn(t, "first@administration.example")
	page := "/admin/people/" + b.commander.String()
	if res := first.send(t, page, page+"/deactivate", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("deactivating: %d", res.StatusCode)
	}
	if status, _ := commander.get(t, "/decisions"); status != http.StatusFound && status != http.StatusSeeOther {
		t.Errorf("the session goes on: %d", status)
	}
	_, after := first.get(t, page)
	wantText(t, after, "Deactivated", "Another administrator decides")
}
