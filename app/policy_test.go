package app_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
)

const lawsPath = "/ministry/policies"

// openLaws is a ministry with two licensing officers.
func openLaws(t *testing.T) (w *twin, first, second *visitor) {
	t.Helper()
	w = openTwin(t, testkit.DB(t), office{"ministry-hq", "ministry", "", "", "", []identity.Role{identity.RoleLicensingOfficer, identity.RoleComplaintsOfficer}})
	w.db.Hire(t, w.clock, "second@ministry.example", "Second Officer", unitOf("ministry-hq"), identity.RoleLicensingOfficer)
	return w, w.visitor("licensing_officer@ministry-hq.example"), w.signIn(t, "second@ministry.example")
}

// proposal is what the form of a law sends, with a day that comes.
func proposal(w *twin, fields ...string) url.Values {
	day := w.clock.Now().AddDate(0, 0, 5)
	form := url.Values{
		"from_day": {strconv.Itoa(day.Day())}, "from_month": {strconv.Itoa(int(day.Month()))}, "from_year": {strconv.Itoa(day.Year())},
		"source": {"Law on Examples, Art. 5"},
	}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return form
}

func TestWhatNobodySetIsCalledNotConfigured(t *testing.T) {
	_, officer, _ := openLaws(t)
	status, page := officer.get(t, lawsPath)
	if n := page.Find("tbody tr").Length(); status != http.StatusOK || n != len(policy.Laws()) {
		t.Fatalf("%d, %d laws", status, n)
	}
	if n := strings.Count(page.Find("tbody").Text(), "Not configured"); n != len(policy.Laws()) {
		t.Errorf("%d are not configured", n)
	}
	if status, _ := officer.get(t, lawsPath+"/licence.tea"); status != http.StatusNotFound {
		t.Errorf("a law that is none answers %d", status)
	}
}

func TestALawIsProposedByOneOfficerAndSetByAnother(t *testing.T) {
	w, first, second := openLaws(t)
	path := lawsPath + "/guarantee.amount"
	res := first.send(t, path, path, proposal(w, "currency", "usd", "tiers", "500; 50,000\r\n\r\n; 100,000.50"))
	to := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/decisions/") {
		t.Fatalf("%d %s: %s", res.StatusCode, to, document(t, res.Body).Find("main").Text())
	}
	_, page := first.get(t, path)
	if page.Find(`a[href="`+to+`"]`).Length() != 1 || page.Find(`form[action="`+path+`"]`).Length() != 0 {
		t.Error("the law's page does not lead to the proposal that waits")
	}
	_, page = second.get(t, to)
	wantText(t, page, "Amount of the guarantee", "500; 50000.00", "; 100000.50", "Law on Examples, Art. 5")
	if res := second.send(t, to, to+"/approve", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("approving answers %d: %s", res.StatusCode, document(t, res.Body).Find("main").Text())
	}
	_, page = first.get(t, path)
	wantText(t, page, "Up to: 500 · Amount: 50,000 USD", "Amount: 100,000.5 USD")
	w.clock.Set(w.clock.Now().AddDate(0, 0, 6))
	_, page = w.visitor("licensing_officer@ministry-hq.example").get(t, path)
	if got := page.Find(`textarea[name="tiers"]`).Text(); strings.TrimSpace(got) != "500; 50000.00\n; 100000.50" {
		t.Errorf("the form holds %q", got)
	}
}

func TestAMistakeInALawIsSaidAtItsFieldAndLineAndKeepsWhatWasTyped(t *testing.T) {
	w, officer, _ := openLaws(t)
	for name, at := range map[string]struct {
		law, field, text, message string
		more                      []string
	}{
		"no number":        {"licence.term", "months", "three years", "Write a number from 1 to 360", nil},
		"nothing":          {"licence.term", "months", "", "", nil},
		"a wrong line":     {"placement.age", "exceptions", "MY; 9111; 21\n\nTH; domestic; 20", "Line 3, part 2", []string{"any", "18"}},
		"too many parts":   {"placement.age", "exceptions", "MY; 9111; 21; 5", "Line 1: it has more or fewer parts", []string{"any", "18"}},
		"an unknown place": {"placement.scope", "destinations", "TH Atlantis", "codes of countries", nil},
		"no amount":        {"guarantee.amount", "flat", "1.005", "Write an amount", []string{"currency", "USD"}},
		"a day twice":      {"calendar.holidays", "holidays", "2027-01-01; A\n2027-01-01; B", "2027-01-01 stands there twice", nil},
	} {
		path := lawsPath + "/" + at.law
		res := officer.send(t, path, path, proposal(w, append(at.more, at.field, at.text)...))
		page := document(t, res.Body)
		said := page.Find("#" + at.field + "-error").Text()
		if res.StatusCode != http.StatusUnprocessableEntity || said == "" || !strings.Contains(said, at.message) {
			t.Errorf("%s: %d %q", name, res.StatusCode, said)
		}
		kept := page.Find(`[name="` + at.field + `"]`)
		text := kept.AttrOr("value", "")
		if goquery.NodeName(kept) == "textarea" {
			text = strings.TrimPrefix(kept.Text(), "\n")
		}
		if text != at.text {
			t.Errorf("%s: kept %q", name, text)
		}
	}
	late := proposal(w, "months", "36")
	late.Set("from_year", "2019")
	path := lawsPath + "/licence.term"
	res := officer.send(t, path, path, late)
	if said := document(t, res.Body).Find("#from-error").Text(); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(said, "past") {
		t.Errorf("a day that is over: %d %q", res.StatusCode, said)
	}
}

// Every word that a law can need is there in each language: none stands in a
// template as it is.
func TestEveryLawHasItsWordsInEveryLanguage(t *testing.T) {
	words, err := views.NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	var fields func(all []policy.Field)
	fields = func(all []policy.Field) {
		for _, f := range all {
			keys = append(keys, "policy.field."+f.Name+".label")
			for _, choice := range f.Choices {
				keys = append(keys, "policy.choice."+choice)
			}
			for _, column := range f.Columns {
				keys = append(keys, "policy.error.line."+string(column.Type))
			}
			if f.Type == policy.Rows {
				keys = append(keys, "policy.field."+f.Name+".hint")
			}
			fields(f.Columns)
		}
	}
	for _, l := range policy.Laws() {
		keys = append(keys, "policy.law."+string(l.Key), "policy.law."+string(l.Key)+".text")
		fields(l.Fields)
	}
	for _, key := range keys {
		for _, lang := range words.Languages() {
			if !words.Has(lang, key) {
				t.Errorf("%s has no %s", lang, key)
			}
		}
	}
}
