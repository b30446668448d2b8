package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// quiet is an agency of the demonstration that nobody complained of, and how
// somebody might spell it who only heard the name.
const (
	quiet        = "Paper Kite Employment"
	quietHeardAs = "papper kyte employement"
)

// send is the button that files the complaint, on the last screen.
const send = `main form button[type="submit"]:not([name])`

// witness is one of three people who do not know each other.
type witness struct{ lang, words, name, phone string }

var witnesses = []witness{
	{"en", "They took my passport on the first day and said I owe them for the bus. We pack fish from four in the morning until night. The foreman hits us with a pipe.", "Example Alpha", "+855 49 100 201"},
	{"km", "គេយកលិខិតឆ្លងដែនរបស់ខ្ញុំ ហើយមិនឱ្យប្រាក់ខែបីខែហើយ។ អ្នកណាសុំត្រឡប់ទៅផ្ទះវិញ គេវាយ។", "ឧទាហរណ៍ ពីរ", "+855 49 100 202"},
	{"en", "No pay since April. My papers are in the office safe. A man who complained was beaten in front of everyone and we work sixteen hours.", "Example Gamma", "+855 49 100 203"},
}

// From a search for a recruiter to an investigator's desk and back to the
// person who told: the whole of it, once, as people do it.
func TestTheWholeRoad(t *testing.T) {
	p := sharedRun(t)
	slug := searchMisspelt(t, p)

	investigator := open(t, p.url, desktop)
	investigator.signIn(p.account(t, "investigator"))
	investigator.visit("/police/escalations")
	if strings.Contains(investigator.text("main"), quiet) {
		t.Fatalf("%s is not quiet: %s", quiet, investigator.text("main"))
	}
	// A mark that a reload would wipe away.
	evaluate[bool](investigator, `(window.notReloaded = true)`)

	var receipts []string
	for _, w := range witnesses {
		receipts = append(receipts, tellOnAPhone(t, p, w))
	}

	line := fmt.Sprintf(`[...document.querySelectorAll('main [data-stream] tr')].find(r => r.innerText.includes(%q))`, quiet)
	investigator.until("the escalation is in the inbox", line+` !== undefined`)
	if !evaluate[bool](investigator, `window.notReloaded === true`) {
		t.Error("the inbox was reloaded; the stream should have brought the line")
	}
	acknowledge(t, investigator, line)

	follower := open(t, p.url, phone, withoutScript)
	followUp(t, follower, receipts[0])
	if agency := visit(t, p.url, "en").get("/agencies/" + slug).ok(http.StatusOK); strings.Contains(strings.ToLower(agency.text()), "complaint") {
		t.Errorf("the public page of the agency speaks of complaints: %s", agency.text())
	}
}

// searchMisspelt finds the agency by a name that is not quite right and opens
// it. It returns the last part of its address.
func searchMisspelt(t *testing.T, p *portal) (slug string) {
	t.Helper()
	somebody := open(t, p.url, phone, withoutScript)
	somebody.visit("/")
	somebody.press(`a[href="/agencies"]`)
	somebody.say("q", quietHeardAs)
	somebody.press(`main form button[type="submit"]`)
	found := fmt.Sprintf(`[...document.querySelectorAll('main a[href^="/agencies/"]')].filter(a => a.innerText.includes(%q))[0]`, quiet)
	if evaluate[bool](somebody, found+` === undefined`) {
		t.Fatalf("%q does not find %s: %s", quietHeardAs, quiet, somebody.text("main"))
	}
	slug = strings.TrimPrefix(somebody.read(found+`.getAttribute("href")`), "/agencies/")
	somebody.press(fmt.Sprintf(`main a[href="/agencies/%s"]`, slug))
	if somebody.status != http.StatusOK || !strings.Contains(somebody.text("main"), quiet) {
		t.Fatalf("%s answers %d: %s", somebody.path(), somebody.status, somebody.text("main"))
	}
	return slug
}

// tellOnAPhone walks through every screen on a small phone without scripts,
// sends, and returns the receipt.
func tellOnAPhone(t *testing.T, p *portal, w witness) string {
	t.Helper()
	b := open(t, p.url, phone, withoutScript)
	b.visit("/")
	b.speak(w.lang)
	receipt := b.tell(workplaceStory(quiet, w.words, w.name, w.phone), func(step string) {
		if wide := b.overhang(); wide > 0 {
			t.Errorf("the screen %q in %s is %d px too wide", step, w.lang, wide)
		}
	})
	if len(strings.Split(receipt, " ")) != 6 {
		t.Fatalf("the receipt before sending is %q", receipt)
	}
	b.press(send)
	if b.status != http.StatusOK || b.text(".fp-receipt__code") != receipt {
		t.Fatalf("sending answers %d with the receipt %q, not %q: %s", b.status, b.text(".fp-receipt__code"), receipt, b.text("main"))
	}
	leftNothing(t, b)
	return receipt
}

// acknowledge opens the line of the inbox and takes the escalation on.
func acknowledge(t *testing.T, b *tab, line string) {
	t.Helper()
	address := b.read(fmt.Sprintf(`%s.querySelector('a[href^="/police/escalations/"]').getAttribute("href")`, line))
	b.press(fmt.Sprintf(`main a[href=%q]`, address))
	pattern := b.text("main")
	for _, w := range witnesses {
		for _, secret := range []string{w.words, w.name, w.phone} {
			if strings.Contains(pattern, secret) {
				t.Errorf("the pattern says %q: who people are is not part of it", secret)
			}
		}
	}
	b.press(`main form[action*="acknowledge"] button[type="submit"]`)
	if b.status != http.StatusOK || b.has(`main form[action*="acknowledge"]`) {
		t.Fatalf("acknowledging answers %d: %s", b.status, b.text("main"))
	}
}

// followUp asks for the status, first with one character wrong.
func followUp(t *testing.T, b *tab, receipt string) {
	t.Helper()
	b.visit("/complaints/check")
	wrong := "Z"
	if strings.HasPrefix(receipt, wrong) {
		wrong = "Y"
	}
	b.say("receipt", wrong+receipt[1:])
	b.press(`main form button[type="submit"]`)
	if b.status != http.StatusUnprocessableEntity || b.text("#receipt-error") == "" {
		t.Errorf("a mistyped receipt answers %d and says %q at the field", b.status, b.text("#receipt-error"))
	}
	b.say("receipt", strings.ToLower(receipt))
	b.press(`main form button[type="submit"]`)
	if b.path() != "/complaints/mine" || b.status != http.StatusOK {
		t.Fatalf("the receipt leads to %s with %d: %s", b.path(), b.status, b.text("main"))
	}
	// Not whether others complained too: the accused may hold a receipt.
	if status := b.text("main .fp-panel"); !strings.Contains(status, "compared with other complaints") {
		t.Errorf("the status does not say in plain words what was done: %q", status)
	}
}

// Somebody presses the button twice, or goes back and presses it again.
func TestSentTwiceIsOneComplaint(t *testing.T) {
	p := sharedRun(t)
	v := visit(t, p.url, "en")
	review := v.tell(story{"words": {"narrative": {"Nothing was paid."}}})
	first := review.submit(nil).ok(http.StatusOK)
	second := review.submit(nil).ok(http.StatusOK)
	if first.receipt() != second.receipt() || first.receipt() != review.receipt() {
		t.Errorf("three receipts for one complaint: %s, %s, %s", review.receipt(), first.receipt(), second.receipt())
	}
	if first.text() == second.text() {
		t.Error("the second answer does not say that the form had already arrived")
	}
	if mine := v.follow(first.receipt()).ok(http.StatusOK); !strings.Contains(mine.text(), "Nothing was paid.") {
		t.Errorf("the receipt opens %s: %s", mine.url.Path, mine.text())
	}
}

func TestAMistypedReceiptIsSaidAtTheField(t *testing.T) {
	p := sharedRun(t)
	v := visit(t, p.url, "en")
	receipt := lodge(t, v, story{"words": {"narrative": {"Nothing was paid."}}})
	digit := map[bool]string{true: "7", false: "8"}[receipt[5] != '7']
	for name, typed := range map[string]string{
		"one character wrong": receipt[:5] + digit + receipt[6:],
		"too short":           receipt[:20],
		"a foreign character": receipt[:5] + "!" + receipt[6:],
		"nobody's":            "0000-0000-0000-0000-0000-0000",
	} {
		page := v.follow(typed).ok(http.StatusUnprocessableEntity)
		if page.doc.Find("#receipt-error").Length() != 1 || page.doc.Find(".govuk-error-summary").Length() != 1 {
			t.Errorf("%s is not said at the field: %s", name, page.text())
		}
		if kept := page.doc.Find("#receipt").AttrOr("value", ""); kept != typed {
			t.Errorf("%s: the field holds %q, not what was typed", name, kept)
		}
	}
}
