package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// changing is what differs between any two pages: tokens of forms, and the way
// back in the language switch.
var changing = regexp.MustCompile(`name="_csrf" value="[^"]*"|href="/language/[^"]*"`)

func (a *answer) unchanging() string { return changing.ReplaceAllString(string(a.body), "") }

// A page that one may not know of and a page that does not exist are the same
// to everybody: to the public, to an agency, to another desk.
func TestAStrangerLearnsNothing(t *testing.T) {
	p := sharedRun(t)
	investigator := visit(t, p.url, "en")
	investigator.signIn(p.account(t, "investigator"))
	officer := visit(t, p.url, "en")
	officer.signIn(p.account(t, "licensing_officer"))
	escalation := hrefOf(t, investigator, "/police/escalations", "/police/escalations/")
	application := hrefOf(t, officer, "/ministry/applications?status=all", "/ministry/applications/")
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
			if got.status != http.StatusNotFound || got.unchanging() != withFrameOf(got, nothing) {
				t.Errorf("%s learns from %s: it answers %d with a page of its own: %s", stranger.role, path, got.status, got.text())
			}
		}
	}
}

// withFrameOf is the page of nothing, once its frame is known to be that of
// the closed page: staff pages show who is signed in, pages of nowhere do not.
func withFrameOf(closed, nothing *answer) string {
	if strings.Join(strings.Fields(closed.doc.Find("main").Text()), " ") != nothing.text() {
		return ""
	}
	return closed.unchanging()
}

// Without an account, staff pages lead to the sign-in, whether or not they
// exist for anybody; what does not exist for the public is one 404.
func TestThePublicSeesOneNotFound(t *testing.T) {
	p := sharedRun(t)
	investigator := visit(t, p.url, "en")
	investigator.signIn(p.account(t, "investigator"))
	escalation := hrefOf(t, investigator, "/police/escalations", "/police/escalations/")

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

// hrefOf returns the first address below prefix that the list links to.
func hrefOf(t testing.TB, v *visitor, list, prefix string) string {
	t.Helper()
	page := v.get(list).ok(http.StatusOK)
	href, found := page.doc.Find(`main a[href^="` + prefix + `"]`).First().Attr("href")
	if !found {
		t.Fatalf("nothing on %s leads below %s: %s", list, prefix, page.text())
	}
	return href
}
