package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// barring is the form of somebody who has the document and birth date of nobody.
func barring(fields ...string) url.Values {
	form := url.Values{
		"name_latin": {"Duong Sample"}, "name_local": {"ឌួង គំរូ"}, "born_on_day": {"4"}, "born_on_month": {"5"}, "born_on_year": {"1970"}, "document_country": {"KH"}, "document": {"N 765 4321"},
		"ground": {"conviction"}, "text": {"Judgment 12 of the court."}, "from_day": {"1"}, "from_month": {"1"}, "from_year": {"2026"},
	}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return form
}

func TestTwoOfficersBarSomebodyAndTwoLiftIt(t *testing.T) {
	s := openInspected(t, false)
	const path = "/ministry/barred"
	_, page := s.officer.get(t, path)
	wantText(t, page, "Nobody is barred")
	waits, _ := s.officer.fill(t, path+"/new", path+"/new", barring(), http.StatusSeeOther)
	_, page = s.officer.get(t, path+"?q=duong")
	wantText(t, page, "Waits for a second officer", "Duong Sample")
	if res := s.officer.send(t, waits, waits+"/approve", url.Values{}); res.StatusCode == http.StatusSeeOther {
		t.Error("one officer bars alone")
	}
	_, page = s.second.get(t, waits)
	wantText(t, page, "Duong Sample · ឌួង គំរូ", "Judgment 12 of the court.", "•••• 4321")
	s.second.fill(t, waits, waits+"/approve", url.Values{}, http.StatusSeeOther)
	_, page = s.officer.get(t, path+"?q="+url.QueryEscape("គំរូ"))
	wantText(t, page, "Barred", "for good")
	one, _ := page.Find(`main td a[href^="/ministry/barred/"]`).Attr("href")
	if n := s.count(`SELECT count(*) FROM barred_people b WHERE b::text LIKE '%7654321%' OR b::text LIKE '%765 4321%'`); n != 0 {
		t.Error("the number is in the record")
	}

	// Agencies that were licensed before are found by the document, or by name and birth
	// date: not by one of these alone.
	_, page = s.officer.get(t, one)
	wantText(t, page, "Agencies with which they are on record today", "None.")
	token := ""
	if err := s.super.QueryRow(`SELECT token FROM barred_people`).Scan(&token); err != nil {
		t.Fatal(err)
	}
	part := func(slug, name, born, token string) {
		t.Helper()
		key := uuid.New()
		s.exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, $2, 'test', $2, $2, 'licensed', now(), now())`, key, slug)
		s.exec(`INSERT INTO agency_parts (id, agency_id, kind, item, name_latin, born_on, token, since) VALUES ($1, $2, 'director', 'a', $3, $4, $5, '2025-01-01')`, uuid.New(), key, name, born, token)
	}
	part("by-document", "Somebody Else", "1980-01-01", token)
	part("by-birth", "DUONG  Sample", "1970-05-04", "")
	part("by-name-alone", "Duong Sample", "1971-05-04", "")
	part("by-day-alone", "Other Sample", "1970-05-04", "")
	_, page = s.officer.get(t, one)
	wantText(t, page, "by-document (Licensed): director, by the document", "by-birth (Licensed): director, by name and birth date")
	if strings.Contains(page.Text(), "alone") {
		t.Error("a name or a birth date alone finds somebody")
	}

	waits, _ = s.officer.fill(t, one, one+"/lift", url.Values{"text": {"The court of appeal found otherwise."}}, http.StatusSeeOther)
	s.second.fill(t, waits, waits+"/approve", url.Values{}, http.StatusSeeOther)
	_, page = s.second.get(t, one)
	wantText(t, page, "Lifted", "The court of appeal found otherwise.")
	s.officer.fill(t, one, one+"/lift", url.Values{"text": {"Again."}}, http.StatusConflict)
	for _, who := range []*visitor{s.head, s.inspector} {
		if status, _ := who.get(t, one); status != http.StatusNotFound && status != http.StatusForbidden {
			t.Errorf("it opens to others: %d", status)
		}
	}
}

func TestWhoIsBarredMustBeKnownByMoreThanAName(t *testing.T) {
	s := openInspected(t, false)
	const path = "/ministry/barred/new"
	for field, form := range map[string]url.Values{
		"document":         barring("document", "", "born_on_day", "", "born_on_month", "", "born_on_year", ""),
		"name_latin":       barring("name_latin", " ", "name_local", "…"),
		"born_on":          barring("born_on_day", "31", "born_on_month", "2"),
		"document_country": barring("document_country", "ZZ"),
		"ground":           barring("ground", "envy"),
		"text":             barring("text", " "),
		"until":            barring("until_day", "1", "until_month", "1", "until_year", "2020"),
		"from":             barring("from_day", ""),
	} {
		_, page := s.officer.fill(t, path, path, form, http.StatusUnprocessableEntity)
		if page.Find("#"+field+"-error").Length() != 1 || !strings.Contains(page.Find("textarea#text").Text()+form.Get("text"), form.Get("text")) {
			t.Errorf("%s: %s", field, page.Find(".govuk-error-summary").Text())
		}
	}
}
