package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// story is what somebody answers: by screen, by field. A screen that is not
// named is skipped, as anybody may.
type story map[string]map[string][]string

// workplaceStory is told at first hand, of exploitation and coercion at work.
func workplaceStory(agency, words, name, phone string) story {
	story := story{
		"safe":     {"safe": {"safe"}},
		"phone":    {"phone_use": {"shared"}},
		"about":    {"about": {"self"}},
		"what":     {"what": {"violence", "document_retention", "wage_withholding", "excessive_overtime"}},
		"phase":    {},
		"date":     {"happened_month": {"9"}, "happened_year": {"2025"}},
		"where":    {"country": {"TH"}, "place": {"behind the ice works"}},
		"agency":   {"agency": {agency}},
		"employer": {"employer": {"Example Canning"}},
		"money":    {"fee": {"900"}, "debt": {"1,200"}, "wage": {"250"}},
		"words":    {"narrative": {words}},
		"names":    {"reporter_name": {name}},
		"contact":  {"contact_phone": {phone}, "contact_how": {"message"}},
		"act":      {"may_act": {"both"}},
	}
	for _, indicator := range story["what"]["what"] {
		story["phase"]["phase_"+indicator] = []string{"work"}
	}
	return story
}

// screens is more than the form has.
const screens = 30

// tell walks through the form on a screen, by its visible controls, up to the
// last screen, and returns the receipt that stands there. each is called on
// every screen before it is answered; nil does nothing.
func (b *tab) tell(s story, each func(step string)) (receipt string) {
	b.t.Helper()
	b.visit("/complaints/new")
	walked := map[string]bool{}
	for range screens {
		step := b.read(`document.querySelector('main form [name="_step"]').value`)
		if each != nil {
			each(step)
		}
		if step == "review" {
			for name := range s {
				if !walked[name] {
					b.t.Errorf("the form never asked %q", name)
				}
			}
			return b.text(".fp-receipt__code")
		}
		walked[step] = true
		for field, answers := range s[step] {
			b.answer(field, answers)
		}
		if step == "pick" {
			b.pickFirst()
		}
		b.press(`main form button[value="next"]`)
		if b.status != http.StatusOK {
			b.t.Fatalf("the screen after %q answers %d: %s", step, b.status, b.text("main"))
		}
	}
	b.t.Fatalf("the form does not end: still on %s", b.text("h1"))
	return ""
}

// answer fills one field, whatever kind of control it is.
func (b *tab) answer(field string, answers []string) {
	b.t.Helper()
	kind := b.read(fmt.Sprintf(`(() => { const e = document.querySelector('main [name=%q]'); return e ? e.type : "" })()`, field))
	for _, answer := range answers {
		switch kind {
		case "":
			b.t.Fatalf("%s does not ask for %q: %s", b.path(), field, b.text("main"))
		case "radio", "checkbox":
			b.tick(field, answer)
		case "select-one":
			b.choose(field, answer)
		default:
			b.say(field, answer)
		}
	}
}

// pickFirst takes the first agency that the register offers.
func (b *tab) pickFirst() {
	b.t.Helper()
	b.tick("agency_id", b.read(`document.querySelector('main input[name="agency_id"]').value`))
}

// tell walks through the form without a screen and returns its last page.
func (v *visitor) tell(s story) *answer {
	v.t.Helper()
	page := v.get("/complaints/new").ok(http.StatusOK)
	for range screens {
		step := page.form().Find(`[name="_step"]`).AttrOr("value", "")
		if step == "review" {
			return page
		}
		given := map[string][]string{}
		for field, answers := range s[step] {
			given[field] = answers
		}
		if first, ok := page.form().Find(`input[name="agency_id"]`).First().Attr("value"); ok && step == "pick" {
			given["agency_id"] = []string{first}
		}
		given["_go"] = []string{"next"}
		page = page.submit(given).ok(http.StatusOK)
	}
	v.t.Fatalf("the form does not end: still on %s", page.text())
	return nil
}

// receipt is the receipt that stands on the page.
func (a *answer) receipt() string {
	a.v.t.Helper()
	code := strings.Join(strings.Fields(a.doc.Find(".fp-receipt__code").Text()), "-")
	if code == "" {
		a.v.t.Fatalf("%s shows no receipt: %s", a.url.Path, a.text())
	}
	return code
}

// lodge tells the story, sends it and returns the receipt.
func lodge(t testing.TB, v *visitor, s story) string {
	t.Helper()
	review := v.tell(s)
	receipt := review.receipt()
	if again := review.submit(nil).ok(http.StatusOK).receipt(); again != receipt {
		t.Fatalf("the receipt changed by sending, from %s to %s", receipt, again)
	}
	return receipt
}

// follow opens the status of a receipt.
func (v *visitor) follow(receipt string) *answer {
	v.t.Helper()
	return v.get("/complaints/check").ok(http.StatusOK).submit(map[string][]string{"receipt": {receipt}})
}
