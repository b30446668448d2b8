package app_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/policy"
)

const guaranteesPath = "/ministry/guarantees"

func guaranteeOf(agency string) string {
	return "/ministry/agencies/" + unitOf(agency).String() + "/guarantee"
}

// promise is what the form of a guarantee sends.
func (s *inspected) promise(reference, amount string) url.Values {
	form := url.Values{"kind": {"bank"}, "bank": {"Example Bank"}, "reference": {reference}, "amount": {amount}, "currency": {"usd"}}
	maps.Copy(form, s.day("valid_from", 0))
	maps.Copy(form, s.day("expires_on", 30))
	return form
}

// post posts a guarantee by two officers.
func (s *inspected) post(t *testing.T, reference, amount string) {
	t.Helper()
	path := guaranteeOf("the agency")
	waits, _ := s.officer.fill(t, path, path+"/post", s.promise(reference, amount), http.StatusSeeOther)
	s.second.fill(t, waits, waits+"/approve", url.Values{}, http.StatusSeeOther)
}

func TestAGuaranteeIsPostedCalledPaidAndPutBack(t *testing.T) {
	s := openInspected(t, false)
	path := guaranteeOf("the agency")
	_, page := s.officer.get(t, path)
	wantText(t, page, "Nothing is written in the ledger", "No award is recorded", "Not configured", "Not checked", "Nothing is held")
	_, page = s.head.get(t, "/agency/guarantee")
	wantText(t, page, "Nothing is posted for your agency", "Bring the paper of your bank")

	s.law(policy.GuaranteeAmount, `{"currency":"USD","flat":10000000}`)
	s.law(policy.GuaranteeTopUp, `{"days":20,"basis":"calendar"}`)
	waits, _ := s.officer.fill(t, path, path+"/post", s.promise("BG-7", "100,000"), http.StatusSeeOther)
	_, page = s.second.get(t, path)
	if page.Find(`a[href="`+waits+`"]`).Length() != 1 {
		t.Error("the page does not lead to what waits")
	}
	_, page = s.second.get(t, waits)
	wantText(t, page, "A guarantee is posted", "Sample Recruitment", "BG-7", "100000.00 USD", "Guarantee of a bank")
	s.second.fill(t, waits, waits+"/approve", url.Values{}, http.StatusSeeOther)
	_, page = s.head.get(t, "/agency/guarantee")
	wantText(t, page, "Enough", "100,000 USD", "Posted", "BG-7")

	claim := url.Values{"award": {"Court 4/2030"}, "source": {"court"}, "claim_amount": {"1500.50"}, "claim_currency": {"USD"}}
	s.officer.fill(t, path, path+"/claims", claim, http.StatusSeeOther)
	_, page = s.officer.get(t, path)
	wantText(t, page, "Court 4/2030", "Not enforceable yet", "Missing: 1,500.5 USD", "nothing to call for")
	link := page.Find(`main a[href*="/claims/"]`).AttrOr("href", "")
	if _, page = s.officer.get(t, link); page.Find(`input[name="ending"][checked]`).AttrOr("value", "x") != "" {
		t.Error("that it goes on is not chosen")
	}
	change := s.day("enforceable_on", -1)
	change.Set("ending", "")
	s.officer.fill(t, link, link, change, http.StatusSeeOther)

	_, page = s.officer.get(t, path)
	box := page.Find(`input[name="claims"]`).AttrOr("value", "")
	waits, _ = s.officer.fill(t, path, path+"/call", url.Values{"claims": {box}}, http.StatusSeeOther)
	_, page = s.second.get(t, waits)
	wantText(t, page, "A call on the guarantee", "Court 4/2030", "1500.50 USD")
	s.second.fill(t, waits, waits+"/approve", url.Values{}, http.StatusSeeOther)
	_, page = s.officer.get(t, path)
	wantText(t, page, "Called in full", "98,499.5 USD", "To be put back")
	letter := page.Find(`main a[href^="/ministry/guarantees/letters/"]`).AttrOr("href", "")
	_, print := s.officer.get(t, letter)
	wantText(t, print, "1500.50 USD", "Example Bank", "BG-7", "calls on you to pay", "ការទាមទារពីប្រាក់ធានា")
	if print.Find(`article[lang="km"]`).Length() != 1 || print.Find(`article[lang="en"]`).Length() != 1 {
		t.Error("the letter is not in both languages")
	}
	paid := url.Values{"letter": {page.Find(`input[name="letter"]`).AttrOr("value", "")}}
	s.officer.fill(t, path, path+"/paid", paid, http.StatusSeeOther)
	_, page = s.officer.fill(t, path, path+"/paid", paid, http.StatusConflict)
	wantText(t, page, "on record already", "Paid by the bank")
	_, page = s.head.get(t, "/agency/guarantee")
	wantText(t, page, "To be put back: 1,500.5 USD", "Short", "Called in full")
	s.post(t, "BG-8", "1500.50")
	_, page = s.head.get(t, "/agency/guarantee")
	_, timeline := s.head.get(t, "/agency/timeline?what=guarantee")
	wantText(t, timeline, "Guarantee posted: 100000.00 USD", "Guarantee called: 1500.50 USD", "The bank paid from the guarantee: 1500.50 USD")
	_, timeline = s.officer.get(t, strings.Replace(path, "/guarantee", "/timeline", 1))
	if timeline.Find(`main a[href="`+path+`"]`).Length() == 0 {
		t.Error("the timeline does not lead to the ledger")
	}
	if text := page.Find("main").Text(); strings.Contains(text, "To be put back") {
		t.Error("it is owed after it was put back")
	}
}

func TestMistakesInAGuaranteeStandAtTheirFieldsAndKeepWhatWasTyped(t *testing.T) {
	s := openInspected(t, false)
	path := guaranteeOf("the agency")
	for field, form := range map[string]url.Values{
		"amount":     {"amount": {"1.005"}},
		"currency":   {"currency": {"gold"}},
		"bank":       {"bank": {""}},
		"kind":       {"kind": {""}},
		"valid_from": {"valid_from_day": {"31"}, "valid_from_month": {"2"}},
		"expires_on": {"expires_on_day": {""}, "expires_on_month": {""}, "expires_on_year": {""}},
	} {
		sent := s.promise("BG-9", "500")
		maps.Copy(sent, form)
		_, page := s.officer.fill(t, path, path+"/post", sent, http.StatusUnprocessableEntity)
		if page.Find("#"+field+"-error").Length() != 1 || page.Find(".govuk-error-summary").Length() != 1 || page.Find(`input[name="reference"]`).AttrOr("value", "") != "BG-9" {
			t.Errorf("%s: %q", field, page.Find(".govuk-error-summary").Text())
		}
	}
	_, page := s.officer.fill(t, path, path+"/claims", url.Values{"award": {"Court 4/2030"}, "claim_amount": {"x"}, "claim_currency": {"USD"}}, http.StatusUnprocessableEntity)
	if page.Find("#claim_amount-error").Length() != 1 || page.Find("#source-error").Length() != 1 || page.Find(`input[name="award"]`).AttrOr("value", "") != "Court 4/2030" {
		t.Error(page.Find(".govuk-error-summary").Text())
	}
	s.officer.fill(t, path, path+"/release", url.Values{}, http.StatusConflict)
	s.officer.fill(t, path, path+"/call", url.Values{"claims": {unitOf("nothing").String()}}, http.StatusUnprocessableEntity)
}

func TestTheListOfGuaranteesIsFilteredInItsAddress(t *testing.T) {
	s := openInspected(t, false)
	s.exec(`UPDATE agencies SET state = 'licensed'`)
	_, page := s.officer.get(t, guaranteesPath)
	wantText(t, page, "No law says how much has to stand", "Sample Recruitment", "Not checked")
	s.law(policy.GuaranteeAmount, `{"currency":"USD","flat":10000000}`)
	s.post(t, "BG-1", "100000")
	for query, want := range map[string]int{"": 2, "?view=short": 1, "?view=expiring": 1, "?view=not_checked": 0, "?view=top_up_overdue": 0, "?view=nonsense": 2, "?q=zzz": 0} {
		_, page := s.officer.get(t, guaranteesPath+query)
		if n := page.Find("main tbody tr").Length(); n != want {
			t.Errorf("%q lists %d, want %d", query, n, want)
		}
	}
}

func TestAnAgencySeesItsOwnGuaranteeAlone(t *testing.T) {
	s := openInspected(t, false)
	s.post(t, "BG-1", "100000")
	other := s.visitor(office{code: "agency-y"}.email(identity.RoleAgencyHead))
	_, page := other.get(t, "/agency/guarantee")
	wantText(t, page, "Nothing is posted for your agency")
	for _, path := range []string{guaranteesPath, guaranteeOf("the agency")} {
		if status, _ := s.head.get(t, path); status != http.StatusNotFound {
			t.Errorf("%s answers an agency %d", path, status)
		}
	}
	// A claim is opened on the page of its own agency alone.
	path := guaranteeOf("the agency")
	s.officer.fill(t, path, path+"/claims", url.Values{"award": {"A"}, "source": {"court"}, "claim_amount": {"5"}, "claim_currency": {"USD"}}, http.StatusSeeOther)
	_, page = s.officer.get(t, path)
	link := page.Find(`main a[href*="/claims/"]`).AttrOr("href", "")
	if status, _ := s.officer.get(t, strings.Replace(link, path, guaranteeOf("another agency"), 1)); status != http.StatusNotFound {
		t.Errorf("on another agency's page: %d", status)
	}
}
