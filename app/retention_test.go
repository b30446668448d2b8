package app_test

import (
	"bytes"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/account"
	decisionpages "github.com/fairpassage/portal/app/decision"
	"github.com/fairpassage/portal/app/oversight"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
	"github.com/google/uuid"
)

// watch is the site with the oversight body and a ministry.
type watch struct {
	*counter
	db    *testkit.Database
	rules *retention.Service
	units map[string]uuid.UUID
}

func openWatch(t *testing.T) *watch {
	t.Helper()
	s := &watch{counter: &counter{key: &awayKey{}, log: &bytes.Buffer{}}, db: testkit.DB(t), units: map[string]uuid.UUID{}}
	clk := testkit.Clock()
	super := s.db.Super(t)
	for code, who := range map[string][2]string{
		"oversight": {"chenda@oversight.example", "overseer"}, "ministry": {"officer@ministry.example", "licensing_officer"},
		"support": {"theary@support.example", "support_worker"},
	} {
		key := id.New()
		s.units[code] = key
		if _, err := super.Exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $2, '{"en": "A unit"}')`, key, code); err != nil {
			t.Fatal(err)
		}
		s.db.Hire(t, clk, who[0], "A Person", key, identity.Role(who[1]))
	}
	s.db.Hire(t, clk, "dara@oversight.example", "Another Person", s.units["oversight"], identity.RoleOverseer)
	_, err := super.Exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, name_local, state, created_at, updated_at)
		VALUES ($1, 'sample', 'test', 'sample', 'Sample Recruitment', '', 'listed', now(), now())`, id.New())
	if err != nil {
		t.Fatal(err)
	}
	s.rules, err = retention.New(retention.Deps{
		DB: s.db.DB, Clock: clk, Random: rand.Reader, Keys: testkit.Shred(t, clk), Pins: testkit.Pins(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := views.New()
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse("http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	sessions := identity.NewSessions(s.db.DB, testkit.People(clk))
	w, err := web.New(web.Config{BaseURL: base, Demo: true, CSRFKey: bytes.Repeat([]byte{7}, 32)}, pages, sessions, slog.New(slog.NewTextHandler(s.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	decisions, err := decision.NewService(s.db.DB, clk, testkit.People(clk), s.rules.Rules()...)
	if err != nil {
		t.Fatal(err)
	}
	s.server, err = app.New(app.Config{Surfaces: []web.Surface{web.Staff}}, w, app.Pages{
		Account: account.New(w, sessions, nil), Retention: oversight.NewRetention(w, s.rules, decisions), Decisions: decisionpages.New(w, decisions),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const retentionPage = "/oversight/retention"

func TestTheOversightBodySeesWhatIsKeptAndWhatNobodyConfigured(t *testing.T) {
	s := openWatch(t)
	v := s.signIn(t, "chenda@oversight.example")
	_, page := v.get(t, retentionPage)
	if n := strings.Count(page.Text(), "Not configured"); n != len(retention.Kinds()) {
		t.Errorf("%d kinds are not configured, want all", n)
	}
	if !strings.Contains(page.Text(), "Nothing is held") {
		t.Error("an empty list says nothing")
	}
	rule := retention.Policy{Kind: retention.Contact, Days: 730, From: testkit.Clock().Now().AddDate(-1, 0, 0), Source: "Law on Examples, Art. 5"}
	if err := s.rules.SetPolicy(t.Context(), identity.Setup("retention"), rule); err != nil {
		t.Fatal(err)
	}
	if err := s.rules.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, page = v.get(t, retentionPage)
	row := page.Find(`tr:contains("How to reach somebody")`).Text()
	for _, want := range []string{"730 days", "2 March 2025", "Law on Examples, Art. 5", "0"} {
		if !strings.Contains(row, want) {
			t.Errorf("the row of contacts lacks %q: %s", want, row)
		}
	}
	if status, _ := s.signIn(t, "officer@ministry.example").get(t, retentionPage); status != http.StatusNotFound {
		t.Errorf("the ministry sees it: %d", status)
	}
}

func TestAHoldIsPlacedByTheFormAndBadFormsComeBackFilledIn(t *testing.T) {
	s := openWatch(t)
	v := s.signIn(t, "chenda@oversight.example")
	held := id.New().String()
	for name, bad := range map[string]url.Values{
		"nothing chosen":        {"complaint": {held}},
		"no complaint":          {"subject": {"complaint"}, "reason": {"court"}, "complaint": {"the one of yesterday"}},
		"an unknown agency":     {"subject": {"agency"}, "reason": {"court"}, "agency": {"nowhere"}},
		"half a period":         {"subject": {"period"}, "reason": {"court"}, "from_day": {"1"}, "from_month": {"2"}, "from_year": {"2026"}},
		"a period backwards":    {"subject": {"period"}, "reason": {"court"}, "from_day": {"3"}, "from_month": {"2"}, "from_year": {"2026"}, "until_day": {"1"}, "until_month": {"2"}, "until_year": {"2026"}},
		"a reason of one's own": {"subject": {"complaint"}, "reason": {"he asked me"}, "complaint": {held}},
	} {
		res := v.send(t, retentionPage, retentionPage+"/holds", bad)
		if res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	for _, good := range []url.Values{
		{"subject": {"complaint"}, "reason": {"court"}, "complaint": {held}},
		{"subject": {"agency"}, "reason": {"inquiry"}, "agency": {"http://localhost:8080/agencies/sample"}},
		{"subject": {"period"}, "reason": {"appeal"}, "from_day": {"1"}, "from_month": {"2"}, "from_year": {"2026"}, "until_day": {"3"}, "until_month": {"2"}, "until_year": {"2026"}},
	} {
		if res := v.send(t, retentionPage, retentionPage+"/holds", good); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%v: %d", good, res.StatusCode)
		}
	}
	_, page := v.get(t, retentionPage)
	for _, want := range []string{"Complaint " + held, "All complaints that name Sample Recruitment", "from 1 February 2026 to 3 February 2026"} {
		if !strings.Contains(page.Text(), want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if strings.Contains(s.log.String(), held) {
		t.Error("the log names what is held")
	}
}

// hold places one by the form and returns the page that asks for lifting it.
func (s *watch) hold(t *testing.T, v *visitor, told string) string {
	t.Helper()
	form := url.Values{"subject": {"complaint"}, "reason": {"court"}, "complaint": {told}}
	if res := v.send(t, retentionPage, retentionPage+"/holds", form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("placing: %d", res.StatusCode)
	}
	_, page := v.get(t, retentionPage)
	path, _ := page.Find(`a[href$="/lift"]`).First().Attr("href")
	if path == "" {
		t.Fatal("nothing leads to lifting it")
	}
	return path
}

func TestAHoldIsLiftedByASecondUnit(t *testing.T) {
	s := openWatch(t)
	v, told := s.signIn(t, "chenda@oversight.example"), id.New().String()
	lift := s.hold(t, v, told)
	for name, unit := range map[string][]string{"none": nil, "one's own": {s.units["oversight"].String()}, "no unit": {"x"}} {
		res := v.send(t, lift, lift, url.Values{"unit": unit})
		if page := document(t, res.Body); res.StatusCode != http.StatusUnprocessableEntity && res.StatusCode != http.StatusConflict || !strings.Contains(page.Text(), told) {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	res := v.send(t, lift, lift, url.Values{"unit": {s.units["support"].String()}})
	path := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(path, "/decisions/") {
		t.Fatalf("proposing: %d, %q", res.StatusCode, path)
	}
	_, page := v.get(t, retentionPage)
	wantText(t, page, "In force", "Lifting waits for a second person")
	if page.Find(`a[href$="/lift"]`).Length() != 0 || page.Find(`a[href="`+path+`"]`).Length() != 1 {
		t.Error("a second proposal is offered, or the first is not linked")
	}
	_, page = v.get(t, path)
	wantText(t, page, "You proposed this", told)
	if res := v.send(t, path, path+"/approve", url.Values{}); res.StatusCode != http.StatusConflict {
		t.Errorf("one's own: %d", res.StatusCode)
	}
	if status, _ := s.signIn(t, "officer@ministry.example").get(t, path); status != http.StatusNotFound {
		t.Errorf("the ministry sees the proposal: %d", status)
	}
	second := s.signIn(t, "theary@support.example")
	if status, _ := second.get(t, retentionPage); status != http.StatusNotFound {
		t.Errorf("the second sees all of retention: %d", status)
	}
	_, page = second.get(t, "/decisions")
	wantText(t, page, "A legal hold to be lifted", "For you")
	_, page = second.get(t, path)
	wantText(t, page, told, "Order of a court", "2 March 2026", "A Person", "Approve and sign")
	if res := second.send(t, path, path+"/approve", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("approving: %d", res.StatusCode)
	}
	_, page = v.get(t, retentionPage)
	wantText(t, page, "Lifted on 2 March 2026")
	_, page = v.get(t, lift)
	if page.Find("form[action$='/lift']").Length() != 0 {
		t.Error("what is lifted can be lifted")
	}
	if strings.Contains(s.log.String(), told) {
		t.Error("the log names what is held")
	}
}

func TestAHoldWaitsWhereNobodyCouldBeTheSecond(t *testing.T) {
	s := openWatch(t)
	v := s.signIn(t, "chenda@oversight.example")
	lift := s.hold(t, v, id.New().String())
	if _, err := s.db.Super(t).Exec(`UPDATE people SET deactivated_at = now() WHERE email = 'theary@support.example'`); err != nil {
		t.Fatal(err)
	}
	res := v.send(t, lift, lift, url.Values{"unit": {s.units["support"].String()}})
	_, page := v.get(t, res.Header.Get("Location"))
	wantText(t, page, "can decide this now, so it waits", "Support worker")
	res = v.send(t, retentionPage, lift, url.Values{"unit": {s.units["support"].String()}})
	wantText(t, document(t, res.Body), "waits already")
	if res.StatusCode != http.StatusConflict {
		t.Errorf("a second proposal: %d", res.StatusCode)
	}
	if _, err := s.db.Super(t).Exec(`UPDATE units SET kind = 'border' WHERE code = 'support'`); err != nil {
		t.Fatal(err)
	}
	_, page = v.get(t, s.hold(t, v, id.New().String()))
	wantText(t, page, "There is no support agency here that could decide")
}

func TestARuleIsSetByTwoOverseers(t *testing.T) {
	s := openWatch(t)
	v := s.signIn(t, "chenda@oversight.example")
	form, rules := retentionPage+"/policies/new?kind=contact", retentionPage+"/policies"
	_, page := v.get(t, form)
	if kind, _ := page.Find("select[name=kind] option[selected]").Attr("value"); kind != "contact" {
		t.Errorf("the kind is %q", kind)
	}
	rule := func(changes ...string) url.Values {
		all := url.Values{"kind": {"contact"}, "days": {"730"}, "from_day": {"3"}, "from_month": {"3"}, "from_year": {"2026"}, "source": {"Law on Examples, Art. 5"}}
		for i := 0; i < len(changes); i += 2 {
			all.Set(changes[i], changes[i+1])
		}
		return all
	}
	for name, bad := range map[string]url.Values{
		"an unknown kind": rule("kind", "everything"), "no number": rule("days", "two years"), "no days": rule("days", "0"), "too many": rule("days", "36601"),
		"no such day": rule("from_day", "31", "from_month", "2"), "a past day": rule("from_year", "2025"), "no source": rule("source", " "), "a long one": rule("source", strings.Repeat("x", 501)),
	} {
		res := v.send(t, form, rules, bad)
		page := document(t, res.Body)
		days, _ := page.Find("input[name=days]").Attr("value")
		if res.StatusCode != http.StatusUnprocessableEntity || page.Find(".govuk-error-summary li").Length() != 1 || page.Find(".govuk-error-message").Length() != 1 || days != bad.Get("days") {
			t.Errorf("%s: %d, %d messages, days %q", name, res.StatusCode, page.Find(".govuk-error-message").Length(), days)
		}
	}
	res := v.send(t, form, rules, rule("days", "៧៣០"))
	path := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("proposing: %d", res.StatusCode)
	}
	res = v.send(t, form, rules, rule("days", "365"))
	wantText(t, document(t, res.Body), "A proposal about this waits already")
	if res.StatusCode != http.StatusConflict {
		t.Errorf("a second one: %d", res.StatusCode)
	}
	_, page = v.get(t, retentionPage)
	if !strings.Contains(page.Find(`tr:contains("How to reach somebody")`).Text(), "A rule waits for a second person") {
		t.Error("the page does not tell that a rule waits")
	}
	second := s.signIn(t, "dara@oversight.example")
	_, page = second.get(t, path)
	wantText(t, page, "How to reach somebody", "Not configured", "730", "3 March 2026", "Law on Examples, Art. 5", "Approve and sign")
	if res := second.send(t, path, path+"/approve", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("approving: %d", res.StatusCode)
	}
	_, page = v.get(t, retentionPage)
	if row := page.Find(`tr:contains("How to reach somebody")`).Text(); !strings.Contains(row, "Then 730 days, from 3 March 2026") {
		t.Errorf("the rule that comes is not told: %s", row)
	}
	if status, _ := s.signIn(t, "officer@ministry.example").get(t, form); status != http.StatusNotFound {
		t.Errorf("the ministry proposes rules: %d", status)
	}
}

func TestThePolicePageSaysWhatWasDeletedAndWhy(t *testing.T) {
	s := openStation(t)
	path, told := s.raise(t, escalation.Red, "phone", "token")
	s.sealed[told] = complaint.Contents{Deleted: []complaint.Deleted{
		{Item: seal.Narrative, At: time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC), Rule: "retention.narrative"},
		{Item: seal.Contact("reporter"), Rule: ""},
	}}
	_, page := s.signIn(t, "sokha@police.example").get(t, path+"/complaints/"+told.String())
	for _, want := range []string{
		"Deleted on 1 March 2026 under the retention rule “The reporter's own words”", "Deleted under the retention rules.",
		"Not held. The reporter did not agree",
	} {
		if !strings.Contains(page.Text(), want) {
			t.Errorf("the page lacks %q: %s", want, page.Find("main").Text())
		}
	}
}
