package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/platform/id"
)

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
