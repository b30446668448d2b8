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
	"github.com/fairpassage/portal/app/oversight"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
)

// watch is the site with the oversight body and a ministry.
type watch struct {
	*counter
	db    *testkit.Database
	rules *retention.Service
}

func openWatch(t *testing.T) *watch {
	t.Helper()
	s := &watch{counter: &counter{key: &awayKey{}, log: &bytes.Buffer{}}, db: testkit.DB(t)}
	clk := testkit.Clock()
	super := s.db.Super(t)
	for code, who := range map[string][2]string{"oversight": {"chenda@oversight.example", "overseer"}, "ministry": {"officer@ministry.example", "licensing_officer"}} {
		key := id.New()
		if _, err := super.Exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $2, '{"en": "A unit"}')`, key, code); err != nil {
			t.Fatal(err)
		}
		s.db.Hire(t, clk, who[0], "A Person", key, identity.Role(who[1]))
	}
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
	s.server, err = app.New(app.Config{Surfaces: []web.Surface{web.Staff}}, w, app.Pages{
		Account: account.New(w, sessions, nil), Retention: oversight.NewRetention(w, s.rules),
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
