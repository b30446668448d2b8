package app_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/testkit"
)

const inspectionsPath = "/ministry/inspections"

// inspected is a ministry that inspects an agency.
type inspected struct {
	*twin

	officer, second, inspector, head *visitor
}

func openInspected(t *testing.T, configured bool) *inspected {
	t.Helper()
	w := openTwin(t, testkit.DB(t),
		office{"ministry-hq", "ministry", "", "", "", []identity.Role{identity.RoleLicensingOfficer, identity.RoleInspector}},
		office{"agency-x", "agency", "", "the agency", "", []identity.Role{identity.RoleAgencyHead, identity.RoleAgencyClerk}},
		office{"agency-y", "agency", "", "another agency", "", []identity.Role{identity.RoleAgencyHead}})
	w.db.Hire(t, w.clock, "second@ministry.example", "Second Officer", unitOf("ministry-hq"), identity.RoleLicensingOfficer)
	if configured {
		for key, value := range map[policy.Key]string{
			policy.InspectionPoints: `{"critical":30,"major":16,"minor":8,"fails_at":30}`, policy.LicenceReply: `{"days":10,"basis":"calendar"}`,
		} {
			w.law(key, value)
		}
	}
	return &inspected{w, w.visitor("licensing_officer@ministry-hq.example"), w.signIn(t, "second@ministry.example"), w.visitor("inspector@ministry-hq.example"), w.visitor("agency_head@agency-x.example")}
}

func (s *inspected) day(name string, days int) url.Values {
	at := s.clock.Now().AddDate(0, 0, days)
	return url.Values{name + "_day": {strconv.Itoa(at.Day())}, name + "_month": {strconv.Itoa(int(at.Month()))}, name + "_year": {strconv.Itoa(at.Year())}}
}

// fill sends a form and wants that answer, of which it gives address and page.
func (v *visitor) fill(t *testing.T, from, path string, values url.Values, want int) (string, *goquery.Document) {
	t.Helper()
	res := v.send(t, from, path, values)
	page := document(t, res.Body)
	if res.StatusCode != want {
		t.Fatalf("%s answers %d, want %d: %s", path, res.StatusCode, want, strings.Join(strings.Fields(page.Find("main").Text()), " "))
	}
	return res.Header.Get("Location"), page
}

// plan plans one that the inspector and the first officer carry out.
func (s *inspected) plan(t *testing.T) string {
	t.Helper()
	form := s.day("planned_for", 0)
	from := inspectionsPath + "/new?agency=" + unitOf("the agency").String()
	_, page := s.second.get(t, from)
	form.Set("agency", unitOf("the agency").String())
	form.Set("place", "1 Sample Street")
	form.Set("announced", "no")
	for _, name := range []string{"Officer inspector", "Officer licensing_officer"} {
		page.Find(`input[name="team"]`).Each(func(_ int, box *goquery.Selection) {
			if strings.Contains(box.Parent().Text(), name) {
				form.Add("team", box.AttrOr("value", ""))
			}
		})
	}
	to, _ := s.second.fill(t, from, inspectionsPath+"/new", form, http.StatusSeeOther)
	return to
}

// sheet is the form of answers as the page has it, everything met but for these.
func sheet(t *testing.T, v *visitor, path string, notMet ...string) url.Values {
	t.Helper()
	_, page := v.get(t, path)
	form := url.Values{"revision": {page.Find(`input[name="revision"]`).AttrOr("value", "")}}
	page.Find(`input[type="radio"][value="met"]`).Each(func(_ int, radio *goquery.Selection) {
		form.Set(radio.AttrOr("name", ""), "met")
	})
	if len(form) != 21 {
		t.Fatalf("%d standards are asked", len(form)-1)
	}
	for _, code := range notMet {
		form.Set("answer."+code, "not_met")
		form.Set("seen."+code, "Seen at "+code)
	}
	return form
}

func (s *inspected) sent(t *testing.T, notMet ...string) string {
	t.Helper()
	path := s.plan(t)
	s.inspector.fill(t, path, path+"/visit", s.day("visited_on", 0), http.StatusSeeOther)
	s.inspector.fill(t, path, path, sheet(t, s.inspector, path, notMet...), http.StatusSeeOther)
	s.second.fill(t, path+"/send", path+"/send", url.Values{}, http.StatusSeeOther)
	return path
}

func atAgency(path string) string { return strings.Replace(path, "/ministry/", "/agency/", 1) }

func TestAnInspectionFromThePlanToTheClosing(t *testing.T) {
	s := openInspected(t, true)
	path := s.plan(t)
	_, page := s.inspector.get(t, inspectionsPath)
	wantText(t, page, "Sample Recruitment", "Planned", "Officer inspector, Officer licensing_officer")
	s.inspector.fill(t, path, path+"/visit", s.day("visited_on", 0), http.StatusSeeOther)
	form := sheet(t, s.inspector, path, "fees.receipts", "training.free_to_leave")
	form.Set("danger.training.free_to_leave", "yes")
	s.inspector.fill(t, path, path, form, http.StatusSeeOther)
	_, page = s.inspector.get(t, path)
	wantText(t, page, "Danger now", "Call the police unit at once", "46 points; 30 fail", "20 of 20 answered")
	if page.Find("svg.fp-bar .fp-bar__part").Length() != 2 {
		t.Error("the bar does not show the two topics that have points")
	}
	if status, _ := s.head.get(t, atAgency(path)); status != http.StatusNotFound {
		t.Errorf("the agency opens what was not sent: %d", status)
	}
	_, page = s.head.get(t, "/agency/inspections")
	wantText(t, page, "No inspection was sent to you")

	_, page = s.second.get(t, path+"/send")
	wantText(t, page, "The agency can reply until 16 January 2031", "What the agency will see")
	if text := page.Find("main").Text(); strings.Contains(text, "Officer inspector") || strings.Contains(text, "Danger now") {
		t.Error("what the agency will see names an inspector, or tells of danger")
	}
	s.second.fill(t, path+"/send", path+"/send", url.Values{}, http.StatusSeeOther)
	_, page = s.head.get(t, atAgency(path))
	wantText(t, page, "Please reply until 16 January 2031", "Seen at fees.receipts", "Inspector, ministry-hq", "46 points; 30 fail")
	if text := page.Find("main").Text(); strings.Contains(text, "Officer ") || strings.Contains(text, "anger") {
		t.Error("the agency is told a name, or of danger")
	}
	s.head.fill(t, atAgency(path), atAgency(path), url.Values{"reply.training.free_to_leave": {"The door has no lock any more."}, "reply": {"We are sorry."}}, http.StatusSeeOther)
	_, page = s.head.get(t, atAgency(path))
	wantText(t, page, "The door has no lock any more.", "We are sorry.", "Agency replied")

	_, page = s.officer.get(t, path)
	if page.Find(`a[href="`+path+`/close"]`).Length() != 0 {
		t.Error("who inspected is led to the closing")
	}
	closing := url.Values{"outcome": {"passed"}, "reason": {"The lock is gone."}}
	_, page = s.officer.fill(t, path, path+"/close", closing, http.StatusConflict)
	wantText(t, page, "You inspected there yourself")
	_, page = s.second.fill(t, path+"/close", path+"/close", closing, http.StatusUnprocessableEntity)
	wantText(t, page, "so it cannot pass")
	if got := page.Find(`textarea[name="reason"]`).Text(); strings.TrimSpace(got) != "The lock is gone." {
		t.Errorf("the reason is lost: %q", got)
	}
	closing.Set("withdrawn", "training.free_to_leave")
	s.second.fill(t, path+"/close", path+"/close", closing, http.StatusSeeOther)
	_, page = s.head.get(t, atAgency(path))
	wantText(t, page, "Passed", "The lock is gone.", "Withdrawn", "16 points; 30 fail")
	_, page = s.second.get(t, path+"/report")
	wantText(t, page, "Officer inspector, Inspector, ministry-hq", "Closed, Second Officer", "We are sorry.")
}

func TestASheetWithMistakesKeepsWhatWasTypedAndLeadsToThem(t *testing.T) {
	s := openInspected(t, true)
	path := s.plan(t)
	s.inspector.fill(t, path, path+"/visit", s.day("visited_on", 0), http.StatusSeeOther)
	form := sheet(t, s.inspector, path)
	form.Set("answer.fees.no_debt", "not_met")
	form.Set("seen.premises.address", "A small office over a shop.")
	form.Set("danger.training.no_child", "yes")
	_, page := s.inspector.fill(t, path, path, form, http.StatusUnprocessableEntity)
	var links []string
	page.Find(".govuk-error-summary a").Each(func(_ int, a *goquery.Selection) {
		to := a.AttrOr("href", "")
		links = append(links, to)
		if page.Find(`[id="`+strings.TrimPrefix(to, "#")+`"]`).Length() != 1 {
			t.Errorf("%s leads nowhere", to)
		}
	})
	if strings.Join(links, " ") != "#seen.fees.no_debt #danger.training.no_child" {
		t.Errorf("the summary leads to %v", links)
	}
	wantText(t, page, "No worker is bound to the agency", "Say what you saw")
	if got := page.Find(`textarea[name="seen.premises.address"]`).Text(); strings.TrimSpace(got) != "A small office over a shop." {
		t.Errorf("what was typed is lost: %q", got)
	}
	if page.Find(`input[name="answer.fees.no_debt"][value="not_met"][checked]`).Length() != 1 || page.Find(`input[name="answer.fees.receipts"][value="met"][checked]`).Length() != 1 {
		t.Error("answers are lost")
	}
	// A part of it may be saved, and gone on with.
	_, page = s.inspector.fill(t, path, path, url.Values{"revision": {"0"}, "answer.fees.receipts": {"not_seen"}}, http.StatusSeeOther)
	_, page = s.inspector.get(t, path)
	wantText(t, page, "1 of 20 answered")
	if page.Find(`a[href="`+path+`/send"]`).Length() != 0 {
		t.Error("it can be sent with answers missing")
	}
}

func TestWhoSavesSecondIsToldWhoSavedMeanwhileAndLosesNothing(t *testing.T) {
	s := openInspected(t, true)
	path := s.plan(t)
	s.inspector.fill(t, path, path+"/visit", s.day("visited_on", 0), http.StatusSeeOther)
	first, second := sheet(t, s.officer, path, "fees.no_debt"), sheet(t, s.inspector, path, "fees.receipts")
	s.officer.fill(t, path, path, first, http.StatusSeeOther)
	_, page := s.inspector.fill(t, path, path, second, http.StatusConflict)
	wantText(t, page, "Officer licensing_officer saved answers meanwhile", "Saved meanwhile: Not met", "Seen at fees.no_debt")
	if got := strings.TrimSpace(page.Find(`textarea[name="seen.fees.receipts"]`).Text()); got != "Seen at fees.receipts" {
		t.Errorf("what was typed is lost: %q", got)
	}
	if n := page.Find(".fp-theirs").Length(); n != 2 {
		t.Errorf("%d standards are shown as different", n)
	}
	second.Set("revision", page.Find(`input[name="revision"]`).AttrOr("value", ""))
	s.inspector.fill(t, path, path, second, http.StatusSeeOther)
}

func TestALateReplyIsRefusedWithTheDayAndKeepsWhatWasTyped(t *testing.T) {
	s := openInspected(t, true)
	path := s.sent(t, "fees.receipts")
	clerk := s.visitor("agency_clerk@agency-x.example")
	_, page := clerk.get(t, atAgency(path))
	wantText(t, page, "The head of your agency replies")
	if page.Find("main form").Length() != 0 {
		t.Error("a clerk is offered the form")
	}
	if status, _ := s.visitor("agency_head@agency-y.example").get(t, atAgency(path)); status != http.StatusNotFound {
		t.Errorf("another agency opens it: %d", status)
	}
	_, page = s.head.fill(t, atAgency(path), atAgency(path), url.Values{"reply": {" "}}, http.StatusUnprocessableEntity)
	wantText(t, page, "Write something here")
	s.clock.Advance(11 * 24 * time.Hour)
	head := s.visitor("agency_head@agency-x.example")
	_, page = head.fill(t, atAgency(path), atAgency(path), url.Values{"reply": {"We have receipts now."}, "reply.fees.receipts": {"A book was bought."}}, http.StatusConflict)
	wantText(t, page, "The last day for a reply was 16 January 2031")
	if !strings.Contains(page.Find("main form").Text(), "We have receipts now.") || !strings.Contains(page.Find("main form").Text(), "A book was bought.") {
		t.Error("what was typed is lost")
	}
	_, page = s.signIn(t, "second@ministry.example").get(t, inspectionsPath+"?status=all&due=over")
	wantText(t, page, "Sample Recruitment", "Reply overdue")
}

func TestWithoutLawThePagesSayNotConfigured(t *testing.T) {
	s := openInspected(t, false)
	path := s.sent(t)
	_, page := s.head.get(t, atAgency(path))
	wantText(t, page, "Not scored: the points are not configured", "No deadline: not configured.")
	if page.Find("svg.fp-bar").Length() != 0 {
		t.Error("a bar is drawn of points that nobody set")
	}
	_, page = s.second.fill(t, path+"/close", path+"/close", url.Values{"outcome": {"passed"}, "reason": {"R"}}, http.StatusUnprocessableEntity)
	wantText(t, page, "It is not scored, so it cannot pass")
}

func TestAPlanWithMistakesKeepsItsValuesAndAnAgencyIsFoundByName(t *testing.T) {
	s := openInspected(t, true)
	_, page := s.second.get(t, inspectionsPath+"/new?q=recruit")
	to := page.Find("main li a").AttrOr("href", "")
	_, page = s.second.get(t, to)
	wantText(t, page, "Sample Recruitment")
	form := s.day("planned_for", -1)
	form.Set("agency", unitOf("the agency").String())
	form.Set("place", "2 Sample Street")
	form.Set("announced", "yes")
	_, page = s.second.fill(t, to, inspectionsPath+"/new", form, http.StatusUnprocessableEntity)
	wantText(t, page, "Choose a day from today on", "Choose at least one person", "2 Sample Street")
	path := s.plan(t)
	_, page = s.second.fill(t, path, path+"/call-off", url.Values{"call_off": {""}}, http.StatusUnprocessableEntity)
	wantText(t, page, "Please answer this")
	s.second.fill(t, path, path+"/call-off", url.Values{"call_off": {"The road is under water."}}, http.StatusSeeOther)
	_, page = s.inspector.fill(t, path, path+"/visit", s.day("visited_on", 0), http.StatusConflict)
	wantText(t, page, "has moved on meanwhile", "The road is under water.")
}

func TestAnInspectionForAnApplicationIsPlannedFromItsPage(t *testing.T) {
	s := openInspected(t, true)
	_, page := s.second.get(t, "/ministry/applications/"+unitOf("application").String())
	to := page.Find(`main a[href^="/ministry/inspections/new"]`).AttrOr("href", "")
	_, page = s.second.get(t, to)
	form := s.day("planned_for", 3)
	for _, name := range []string{"agency", "application"} {
		form.Set(name, page.Find(`input[name="`+name+`"]`).AttrOr("value", ""))
	}
	form.Set("place", "1 Sample Street")
	form.Set("announced", "yes")
	form.Set("team", page.Find(`input[name="team"]`).AttrOr("value", ""))
	s.second.fill(t, to, inspectionsPath+"/new", form, http.StatusSeeOther)
	var n int
	if err := s.super.QueryRow(`SELECT count(*) FROM inspections WHERE application_id = $1 AND announced`, unitOf("application")).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d inspections for the application, %v", n, err)
	}
	form.Set("agency", unitOf("another agency").String())
	s.second.fill(t, to, inspectionsPath+"/new", form, http.StatusNotFound)
}
