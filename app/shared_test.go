package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestAnOfficerSeesAgenciesThatShareAPhoneAsAGraph(t *testing.T) {
	l := openLicensed(t)
	l.exec(`INSERT INTO agency_contacts (agency_id, kind, position, shown, key) VALUES ($1, 'phone', 0, '+855 49 111 111', '+85549111111')`, l.agency)
	for _, slug := range []string{"first-other", "second-other"} {
		key := uuid.New()
		l.exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, $2, 'test', $2, '<b>Other</b> ' || $2, 'revoked', now(), now())`, key, slug)
		l.exec(`INSERT INTO agency_contacts (agency_id, kind, position, shown, key) VALUES ($1, 'phone', 0, '+855 49 111 111', '+85549111111')`, key)
	}
	officer := l.visitor("licensing_officer@ministry-hq.example")
	_, page := officer.get(t, "/ministry/agencies")
	if page.Find(`a[href="/ministry/register/shared"]`).Length() != 1 {
		t.Error("nothing leads there")
	}
	const path = "/ministry/register/shared"
	_, page = officer.get(t, path)
	wantText(t, page, "Groups: 1. Agencies in them: 3.", "Group 1: 3 agencies", "With a sanctioned agency", "Phone: +855 49 111 111", "Nothing is as common as that")
	if page.Find("svg.fp-chart circle").Length() != 3 || page.Find("svg.fp-chart rect").Length() != 1 || page.Find("svg.fp-chart line").Length() != 3 || page.Find("main b").Length() != 0 {
		t.Error("the graph is not what the lists say")
	}
	one, _ := page.Find("svg.fp-chart").Html()
	_, again := officer.get(t, path)
	if two, _ := again.Find("svg.fp-chart").Html(); one != two {
		t.Error("it is drawn in another way the second time")
	}
	for query, want := range map[string]string{"?kind=email": "No group", "?kind=rubbish": "Group 1", "?q=second&only=sanctioned": "Group 1", "?q=%00%ff": "Group 1", "?page=-4": "Group 1", "?only=lending": "May be working under another's licence"} {
		status, page := officer.get(t, path+query)
		if status != http.StatusOK || !strings.Contains(page.Find("main").Text(), want) {
			t.Errorf("%s: %d, and not %q", query, status, want)
		}
	}
	if status, _ := l.visitor("complaints_officer@ministry-hq.example").get(t, path); status != http.StatusNotFound && status != http.StatusForbidden {
		t.Errorf("a complaints officer: %d", status)
	}
}
