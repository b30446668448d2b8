package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"testing"
)

// changing is what differs between any two pages: tokens of forms, and the way
// back in the language switch.
var changing = regexp.MustCompile(`name="_csrf" value="[^"]*"|href="/language/[^"]*"`)

func (a *answer) unchanging() string { return changing.ReplaceAllString(string(a.body), "") }

// likeness is all of an answer that could tell something: its status, its page
// and which headers it has. The frame is not in it, since a page on a staff
// address says who is signed in and a page of nowhere does not.
func (a *answer) likeness() string {
	headers := slices.Sorted(maps.Keys(a.header))
	return fmt.Sprint(a.status, a.doc.Find("title").Text(), a.text(), headers)
}

// A page that one may not know of and a page that does not exist are the same
// to everybody: to the public, to an agency, to another desk.
func TestAStrangerLearnsNothing(t *testing.T) {
	p := sharedRun(t)
	investigator := visit(t, p.url, "en")
	investigator.signIn(p.account(t, "investigator"))
	officer := visit(t, p.url, "en")
	officer.signIn(p.account(t, "licensing_officer"))
	escalation := hrefOf(t, investigator, "/police/escalations", `main a[href^="/police/escalations/"]`)
	application := hrefOf(t, officer, "/ministry/applications?status=all", `main a[href^="/ministry/applications/"]`)
	nobodys := "/018f0000-0000-7000-8000-000000000000"

	for _, stranger := range []struct {
		role   string
		closed []string
	}{
		{"agency_head", []string{"/police/escalations", escalation, "/police/escalations" + nobodys, "/ministry/applications", application, "/ministry/applications" + nobodys}},
		{"licensing_officer", []string{"/police/escalations", escalation, "/agency", "/agency/placements"}},
		{"investigator", []string{"/ministry/applications", application, "/agency", "/police/escalations" + nobodys}},
	} {
		v := visit(t, p.url, "en")
		v.signIn(p.account(t, stranger.role))
		nothing := v.get("/police/nothing-at-all").ok(http.StatusNotFound)
		for _, path := range stranger.closed {
			got := v.get(path)
			if got.likeness() != nothing.likeness() {
				t.Errorf("%s learns from %s: it answers %s\nin place of %s", stranger.role, path, got.likeness(), nothing.likeness())
			}
		}
	}
}

// Without an account, staff pages lead to the sign-in, whether or not they
// exist for anybody; what does not exist for the public is one 404.
func TestThePublicSeesOneNotFound(t *testing.T) {
	p := sharedRun(t)
	investigator := visit(t, p.url, "en")
	investigator.signIn(p.account(t, "investigator"))
	escalation := hrefOf(t, investigator, "/police/escalations", `main a[href^="/police/escalations/"]`)

	v := visit(t, p.url, "en")
	for _, path := range []string{escalation, "/police/escalations/018f0000-0000-7000-8000-000000000000", "/police/escalations/x", "/police/escalations"} {
		if a := v.get(path).ok(http.StatusOK); a.url.Path != "/sign-in" {
			t.Errorf("%s leads the public to %s", path, a.url.Path)
		}
	}
	var first string
	for _, path := range []string{"/agencies/nobody-of-that-name", "/nothing", "/complaints/1", "/agencies/018f0000-0000-7000-8000-000000000000"} {
		page := v.get(path).ok(http.StatusNotFound)
		if first == "" {
			first = page.unchanging()
		}
		if page.unchanging() != first {
			t.Errorf("%s is another 404 than the others", path)
		}
	}
	if a := v.get("/complaints/mine").ok(http.StatusOK); a.url.Path != "/complaints/check" {
		t.Errorf("without a receipt, a complaint opens at %s", a.url.Path)
	}
}

// A form filled by one visitor is worth nothing in another's hands, and one
// sent from elsewhere is refused.
func TestAForgedFormIsRefused(t *testing.T) {
	p := sharedRun(t)
	mine, theirs := visit(t, p.url, "en"), visit(t, p.url, "en")
	review := mine.tell(story{"words": {"narrative": {"Nothing was paid."}}})
	theirs.get("/complaints/new").ok(http.StatusOK)
	if a := theirs.send(http.MethodPost, "/complaints", values(review.form())); a.status != http.StatusForbidden {
		t.Errorf("another visitor's form answers %d: %s", a.status, a.text())
	}
	if a := mine.send(http.MethodGet, "/complaints", nil).ok(http.StatusOK); a.url.Path != "/complaints/check" {
		t.Errorf("the address of the sent form leads to %s", a.url.Path)
	}
}

// hrefOf returns where the first such link on a list leads. The demonstration
// is screened while the portal serves already, so the list may need a moment.
func hrefOf(t testing.TB, v *visitor, list, link string) (href string) {
	t.Helper()
	eventually(t, list+" links to "+link, func() (found bool) {
		href, found = v.get(list).ok(http.StatusOK).doc.Find(link).First().Attr("href")
		return found
	})
	return href
}
