package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/testkit"
)

const (
	ministryReader  = "first_reader@ministry-hq.example"
	oversightReader = "first_reader@oversight.example"
	overseer        = "overseer@oversight.example"
)

func red(in *complaint.Intake) { in.Safe = complaint.InDanger }

// firstLine opens the list and returns the address of its first line.
func firstLine(t *testing.T, v *visitor) string {
	t.Helper()
	status, page := v.get(t, "/readings")
	href, found := page.Find(`tr[data-href] a`).First().Attr("href")
	if status != http.StatusOK || !found {
		t.Fatalf("status %d, nothing listed: %s", status, page.Find("main").Text())
	}
	return href
}

func TestAnEmptyListOfReadingsSaysWhatToExpect(t *testing.T) {
	w := openTwin(t, testkit.DB(t), twinUnits...)
	_, page := w.visitor(ministryReader).get(t, "/readings")
	wantText(t, page, "Nothing waits to be read", "an agency on which you decided")
	if page.Find(`nav a[href="/readings"]`).Length() != 1 {
		t.Error("no door leads there")
	}
}

func TestWhatIsRedStandsOnTop(t *testing.T) {
	w := openTwin(t, testkit.DB(t), twinUnits...)
	in := ordinary(1, func(in *complaint.Intake) { in.Official, in.OfficialUnit = true, unitOf("embassy-south") })
	w.file("ordinary", in)
	w.file("red", ordinary(2, red))
	_, page := w.visitor(oversightReader).get(t, "/readings")
	rows := page.Find("tbody tr")
	if rows.Length() != 2 || !strings.Contains(rows.First().Text(), "Red") || strings.Contains(rows.Last().Text(), "Red") {
		t.Fatal(rows.Text())
	}
	wantText(t, page, "Thailand", "6 January 2031", "Yes")
}

func TestAReaderRecordsThatNobodyIsNamedAndTheEmbassyHasIt(t *testing.T) {
	w := openTwin(t, testkit.DB(t), twinUnits...)
	w.file("for the embassy", ordinary(1))
	v := w.visitor(ministryReader)
	address := firstLine(t, v)
	_, page := v.get(t, address)
	wantText(t, page, "account number 1 of what happened at the pier", "Does it name, or let one recognise, an official?", "No official is named here", twinEmployer)
	if n := w.count(`SELECT count(*) FROM complaint_envelopes WHERE recipient = 'embassy-south'`); n != 0 {
		t.Fatal("the embassy has it already")
	}
	w.deed("record")
	if res := v.send(t, address, address, url.Values{"verdict": {"none_named"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("recording answers %d", res.StatusCode)
	}
	if n := w.count(`SELECT count(*) FROM complaint_envelopes WHERE recipient = 'embassy-south'`); n != 1 {
		t.Error("the embassy has nothing")
	}
	_, page = v.get(t, "/readings")
	wantText(t, page, "Nothing waits to be read")
	res := v.send(t, "/account", address, url.Values{"verdict": {"none_named"}})
	if res.StatusCode != http.StatusConflict {
		t.Errorf("a second verdict answers %d", res.StatusCode)
	}
	wantText(t, document(t, res.Body), "Somebody recorded this before you")
}

func TestAReaderNamesAnOfficeAndOversightHasIt(t *testing.T) {
	w := openTwin(t, testkit.DB(t), twinUnits...)
	w.file("for the embassy", ordinary(1))
	v := w.visitor(ministryReader)
	address := firstLine(t, v)
	w.deed("record")
	for _, office := range []string{"", "no-office"} {
		res := v.send(t, address, address, url.Values{"verdict": {"official_named"}, "office": {office}})
		page := document(t, res.Body)
		if res.StatusCode != http.StatusUnprocessableEntity || page.Find(".govuk-error-summary a[href='#office']").Length() != 1 {
			t.Fatalf("office %q: status %d", office, res.StatusCode)
		}
	}
	res := v.send(t, address, address, url.Values{"verdict": {"official_named"}, "office": {unitOf("police-unit").String()}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("recording answers %d", res.StatusCode)
	}
	if n := w.count(`SELECT count(*) FROM complaints WHERE police_excluded`); n != 1 {
		t.Error("detection still tells police")
	}
	o := w.visitor(overseer)
	_, page := o.get(t, "/readings")
	wantText(t, page, "An official is named", "police-unit")
	href, _ := page.Find(`tr[data-href] a`).First().Attr("href")
	_, page = o.get(t, href)
	wantText(t, page, "The reader recorded that an official is named: police-unit", "account number 1")
	if page.Find("main form").Length() != 0 {
		t.Error("it can be decided again")
	}
}

func TestReadingsAreNotThereForOthers(t *testing.T) {
	w := openTwin(t, testkit.DB(t), twinUnits...)
	w.file("for the embassy", ordinary(1))
	address := firstLine(t, w.visitor(ministryReader))
	for _, email := range []string{"complaints_officer@ministry-hq.example", "complaints_officer@embassy-south.example", "investigator@police-unit.example", overseer} {
		v := w.visitor(email)
		if status, _ := v.get(t, address); status != http.StatusNotFound {
			t.Errorf("%s reads: %d", email, status)
		}
		if res := v.send(t, "/account", address, url.Values{"verdict": {"none_named"}}); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s decides: %d", email, res.StatusCode)
		}
	}
	if status, _ := w.visitor(ministryReader).get(t, "/readings/none"); status != http.StatusNotFound {
		t.Errorf("an address that is none answers %d", status)
	}
}

func TestOversightHasAnInboxOfItsOwn(t *testing.T) {
	w := openTwin(t, testkit.DB(t), twinUnits...)
	for n := range 3 {
		w.file(fmt.Sprint("accusing ", n), accusing(n, unitOf("police-unit")))
		w.file(fmt.Sprint("ordinary ", n), ordinary(n))
		w.work()
	}
	v := w.visitor(overseer)
	_, page := v.get(t, "/oversight/escalations")
	href, found := page.Find(`tr[data-href] a`).First().Attr("href")
	if !found || !strings.HasPrefix(href, "/oversight/escalations/") {
		t.Fatalf("nothing is listed: %s", page.Find("main").Text())
	}
	_, page = v.get(t, href)
	linked := page.Find(`a[href^="` + href + `/complaints/"]`)
	if linked.Length() == 0 {
		t.Fatal("no complaint is linked")
	}
	complaintAt, _ := linked.First().Attr("href")
	_, page = v.get(t, complaintAt)
	wantText(t, page, "canary-accusation", "police-unit")
	w.deed("acknowledge")
	if res := v.send(t, href, href+"/acknowledge", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("acknowledging answers %d", res.StatusCode)
	}
	investigator := w.visitor("investigator@police-unit.example")
	for _, address := range []string{href, "/oversight/escalations", strings.Replace(href, "oversight", "police", 1)} {
		if status, _ := investigator.get(t, address); status != http.StatusNotFound {
			t.Errorf("police reach %s: %d", address, status)
		}
	}
	if status, _ := v.get(t, "/police/escalations"); status != http.StatusNotFound {
		t.Error("oversight walks into the inbox of police")
	}
}

func TestEveryTextOfAReaderIsThereInKhmer(t *testing.T) {
	w := openTwin(t, testkit.DB(t), twinUnits...)
	w.file("red", ordinary(2, red))
	v := w.visitor(oversightReader)
	address := firstLine(t, v)
	v.do(t, httptest.NewRequest(http.MethodGet, "/language/km?back=/account", nil))
	for _, at := range []string{"/readings", address} {
		status, page := v.get(t, at)
		if lang, _ := page.Find("html").Attr("lang"); status != http.StatusOK || lang != "km" {
			t.Errorf("%s answers %d in %q", at, status, lang)
		}
		page.Find("main h1, main h2, main th, main dt").Each(func(_ int, s *goquery.Selection) {
			if strings.ContainsAny(s.Text(), "abcdefghijklmnopqrstuvwxyz") {
				t.Errorf("%s: %q is not Khmer", at, s.Text())
			}
		})
	}
}
