package public_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/app/public"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/views"
)

// tell walks the whole way with something on every screen, up to the last.
func tell(t *testing.T, o *office, b *browser) {
	t.Helper()
	agency := id.New()
	o.exec(t, `INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at)
		VALUES ($1, $2, 'test', $2, 'Golden Lotus Overseas', 'licensed', now(), now())`, agency, agency.String())
	o.register["lotus"] = []public.Candidate{{ID: id.New(), Name: "Silver Lotus"}, {ID: agency, Name: "Golden Lotus Overseas", Place: "Harbour Street"}}
	b.get(t, "/complaints/new")
	b.next(t, "safe", "safe", "danger")
	b.next(t, "call")
	b.next(t, "phone", "phone_use", "shared")
	b.next(t, "about", "about", "family")
	b.next(t, "what", "what", "document_retention", "what", "wage_withholding", "also", "missing")
	b.next(t, "phase", "phase_document_retention", "travel", "phase_document_retention", "work")
	b.next(t, "date", "happened_month", "៣", "happened_year", "២០២៥")
	b.next(t, "where", "country", "TH", "place", "behind the ice factory\nnear the pier")
	b.next(t, "agency", "agency", "golden lotos")
	b.next(t, "pick") // not found under this spelling: said, and kept
	b.press(t, "/complaints/new", "back")
	b.press(t, "/complaints/new", "back")
	b.next(t, "agency", "agency", "golden lotus")
	b.next(t, "pick", "agency_id", agency.String())
	b.next(t, "broker", "broker_name", "Uncle Example", "broker_phone", "០១២ ០០០ ១១១")
	b.next(t, "employer", "employer", "Seafood Example")
	b.next(t, "money", "fee", "1,200", "debt", "៩០០", "wage", "0")
	b.next(t, "words", "narrative", "គេយកលិខិតឆ្លងដែនគាត់ <b>នៅកំពង់ផែ</b>\nand he was not paid")
	b.next(t, "names", "reporter_name", "Sok Example", "worker_name", "Dara Example")
	b.next(t, "contact", "contact_phone", "012 000 222", "contact_how", "message", "contact_when", "Sunday; not my uncle")
	b.next(t, "act", "may_act", "labour_desk")
	if b.step() != "review" || b.status != http.StatusOK {
		t.Fatalf("at %q, status %d", b.step(), b.status)
	}
}

func TestAWholeComplaintInBothLanguagesWithoutAScript(t *testing.T) {
	for _, lang := range []string{"km", "en"} {
		t.Run(lang, func(t *testing.T) {
			o := open(t)
			words, err := views.NewCatalogue()
			if err != nil {
				t.Fatal(err)
			}
			say := func(key string, args ...any) string { text, _ := words.Text(lang, key, args...); return text }
			dollars := func(amount int) string {
				n, _ := words.Number(lang, amount)
				return say("complaint.dollars", "Amount", n)
			}
			month, _ := words.PartialDate(lang, 2025, 3, 0)
			fee, debt, wage := dollars(1200), dollars(900), dollars(0)
			b := o.browser(lang)
			tell(t, o, b)
			if n := o.count(t, `SELECT count(*) FROM complaints`); n != 0 {
				t.Error("something was stored before it was sent")
			}
			if got := b.page.Find("html").AttrOr("lang", ""); got != lang {
				t.Errorf("the page is in %q", got)
			}
			receipt := b.receipt()
			if _, err := complaint.ParseReceipt(receipt); err != nil {
				t.Fatalf("no receipt before sending: %q", receipt)
			}
			for _, want := range []string{
				say("complaint.safe.danger"), say("complaint.indicator.document_retention"), say("complaint.also.missing"), month,
				"behind the ice factory", "golden lotus", "Golden Lotus Overseas", "Uncle Example", fee, debt, wage, "<b>", "Sok Example", "Dara Example",
			} {
				if !strings.Contains(b.text(), want) {
					t.Errorf("not read back: %q", want)
				}
			}
			b.press(t, "/complaints", "")
			if b.status != http.StatusOK || b.receipt() != receipt {
				t.Fatalf("status %d: %s", b.status, b.text())
			}
			if n := o.count(t, `SELECT count(*) FROM complaints WHERE danger_now AND missing_person AND country = 'TH' AND happened_on = '2025-03-01'
				AND agency_id IS NOT NULL AND broker_token <> '' AND reporter_token <> '' AND fee_usd = 1200 AND debt_usd = 900 AND wage_usd = 0
				AND who_may_act = '{labour_desk}' AND language = $1 AND departed`, lang); n != 1 {
				t.Error("the complaint does not hold what was told")
			}

			b = o.browser(lang) // days later, another phone
			b.get(t, "/complaints/check")
			b.press(t, "/complaints/check", "", "receipt", strings.ToLower(receipt))
			for _, want := range []string{say("complaint.status.received"), "behind the ice factory", "Dara Example", "Golden Lotus Overseas"} {
				if !strings.Contains(b.text(), want) {
					t.Errorf("the status page lacks %q", want)
				}
			}
			b.do(t, http.MethodPost, "/complaints/close", b.fields())
			b.get(t, "/complaints/mine")
			if b.page.Find(`input[name="receipt"]`).Length() != 1 {
				t.Error("closed, and still open")
			}
		})
	}
}

func TestEverythingCanBeSkippedButNotEverythingAtOnce(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	b.get(t, "/complaints/new")
	for b.step() != "review" {
		if b.status != http.StatusOK {
			t.Fatalf("screen %s cannot be skipped", b.step())
		}
		b.next(t, b.step())
	}
	b.press(t, "/complaints", "")
	if b.status != http.StatusUnprocessableEntity || b.step() != "words" || b.errorAt("narrative") == "" {
		t.Fatalf("an empty complaint: status %d at %q", b.status, b.step())
	}
	b.next(t, "words", "narrative", "help")
	if b.step() != "review" {
		t.Fatalf("after the one answer: at %q", b.step())
	}
	b.press(t, "/complaints", "")
	if b.status != http.StatusOK || o.count(t, `SELECT count(*) FROM complaints WHERE who_may_act = '{}' AND about = 'unsaid'`) != 1 {
		t.Errorf("status %d", b.status)
	}
}

func TestAMistakeIsSaidAtItsFieldAndLosesNothing(t *testing.T) {
	o := open(t)
	for name, tt := range map[string]struct {
		step  string
		fill  []string
		field string
	}{
		"a fee in words":           {"money", []string{"fee", "a lot", "debt", "300"}, "fee"},
		"a fee in another coin":    {"money", []string{"fee", "4000000", "debt", "300"}, "fee"},
		"a day that is not":        {"date", []string{"happened_day", "30", "happened_month", "2", "happened_year", "2025"}, "happened"},
		"a day to come":            {"date", []string{"happened_month", "1", "happened_year", "2031"}, "happened"},
		"a year in words":          {"date", []string{"happened_year", "last year"}, "happened"},
		"a story too long":         {"words", []string{"narrative", strings.Repeat("ក ", 10_001)}, "narrative"},
		"an agency that is a book": {"agency", []string{"agency", strings.Repeat("x", 501)}, "agency"},
	} {
		t.Run(name, func(t *testing.T) {
			b := o.browser("en")
			b.get(t, "/complaints/new")
			b.press(t, "/complaints/new", "to:"+tt.step)
			b.next(t, tt.step, tt.fill...)
			if b.status != http.StatusUnprocessableEntity || b.step() != tt.step {
				t.Fatalf("status %d at %q", b.status, b.step())
			}
			if b.errorAt(tt.field) == "" || b.page.Find(".govuk-error-summary a").Length() == 0 {
				t.Error("nothing is said at the field, or above")
			}
			for i := 0; i < len(tt.fill); i += 2 {
				if got := b.fields().Get(tt.fill[i]); got != strings.TrimSpace(tt.fill[i+1]) {
					t.Errorf("%s was lost: %d of %d bytes", tt.fill[i], len(got), len(tt.fill[i+1]))
				}
			}
		})
	}
}

func TestBackKeepsWhatWasTypedEvenIfItCannotBeRight(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	b.get(t, "/complaints/new")
	b.press(t, "/complaints/new", "to:money")
	b.press(t, "/complaints/new", "back", "fee", "a lot")
	if b.step() != "employer" {
		t.Fatalf("at %q", b.step())
	}
	b.next(t, "employer")
	if got := b.fields().Get("fee"); got != "a lot" {
		t.Errorf("typed, gone back, lost: %q", got)
	}
	b.press(t, "/complaints/new", "back")
	b.press(t, "/complaints/new", "to:review")
	if b.step() != "money" || b.errorAt("fee") == "" {
		t.Errorf("not asked again before the end: at %q", b.step())
	}
}

func TestAChangedAnswerLeadsBackToTheEnd(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	tell(t, o, b)
	b.press(t, "/complaints/new", "to:where")
	b.next(t, "where", "place", "another place")
	if b.step() != "review" || !strings.Contains(b.text(), "another place") {
		t.Errorf("at %q", b.step())
	}
	b.press(t, "/complaints/new", "to:agency")
	b.next(t, "agency", "agency", "Somebody else")
	b.next(t, "pick") // what asks more about the changed answer comes first
	if b.step() != "review" || strings.Contains(b.text(), "Golden Lotus Overseas") {
		t.Error("the choice made for another name still counts")
	}
}

func TestOneFormSentTwiceIsOneComplaintAndOneAnswer(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	tell(t, o, b)
	values, receipt := b.fields(), b.receipt()
	answers := make([]*browser, 3)
	var wg sync.WaitGroup
	for i := range answers {
		copied := *b
		copied.cookies = map[string]string{"visit": b.cookies["visit"]}
		answers[i] = &copied
		wg.Go(func() { copied.do(t, http.MethodPost, "/complaints", values) })
	}
	wg.Wait()
	for _, a := range answers {
		if a.status != http.StatusOK || a.receipt() != receipt {
			t.Errorf("status %d", a.status)
		}
	}
	if n := o.count(t, `SELECT count(*) + 10 * (SELECT count(*) FROM promises WHERE topic = 'complaint.filed') FROM complaints`); n != 11 {
		t.Errorf("complaints and promises: %d", n)
	}
}

func TestAFormLeftOpenTooLongOrTamperedWithStartsAgainInPlainWords(t *testing.T) {
	o := open(t)
	spoil := map[string]func(url.Values){
		"too old":        func(url.Values) { o.clock.Advance(2*time.Hour + time.Second) },
		"one bit":        func(v url.Values) { s := []byte(v.Get("_state")); s[20] ^= 1; v.Set("_state", string(s)) },
		"cut":            func(v url.Values) { v.Set("_state", v.Get("_state")[:40]) },
		"none":           func(v url.Values) { v.Del("_state") },
		"twice":          func(v url.Values) { v.Add("_state", "x") },
		"junk":           func(v url.Values) { v.Set("_state", "\xff\xfe\x00") },
		"very long":      func(v url.Values) { v.Set("_state", strings.Repeat("A", 700_000)) },
		"unknown screen": func(v url.Values) { v.Set("_step", "nowhere") },
	}
	for name, change := range spoil {
		t.Run(name, func(t *testing.T) {
			b := o.browser("en")
			b.get(t, "/complaints/new")
			values := b.fields()
			change(values)
			b.do(t, http.MethodPost, "/complaints/new", values)
			if b.status != http.StatusUnprocessableEntity || b.page.Find(`main a[href="/complaints/new"]`).Length() != 1 {
				t.Errorf("status %d: %s", b.status, b.text())
			}
			if name != "unknown screen" {
				b.do(t, http.MethodPost, "/complaints", values)
				if b.status != http.StatusUnprocessableEntity || o.count(t, `SELECT count(*) FROM complaints`) != 0 {
					t.Errorf("sent all the same: status %d", b.status)
				}
			}
		})
	}
}

func TestTheStateInThePageTellsNothing(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	tell(t, o, b)
	page, _ := b.page.Find(`input[name="_state"]`).First().Attr("value")
	for _, secret := range []string{"Dara", "ice", b.receipt()[:4]} {
		if strings.Contains(page, secret) {
			t.Error("the state can be read")
		}
	}
	fresh := o.browser("en")
	fresh.get(t, "/complaints/new")
	if fresh.step() != "safe" || strings.Contains(fresh.text(), "Dara") || len(fresh.cookies) != 1 {
		t.Error("the next visitor finds something")
	}
}

func TestNumbersToCallComeBeforeAnythingElse(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	b.get(t, "/complaints/new")
	b.next(t, "safe", "safe", "danger")
	if b.step() != "call" || !strings.Contains(b.text(), "has no emergency number") {
		t.Errorf("unset: %s", b.text())
	}
	o.exec(t, `INSERT INTO policies (key, valid_from, value, source) VALUES ('danger.numbers', '2020-01-01',
		'[{"country":"KH","number":"000 111","name":{"en":"Example line"}}]', 'test')`)
	b.get(t, "/complaints/new")
	b.next(t, "safe", "safe", "danger")
	if !strings.Contains(b.text(), "Example line (Cambodia)000 111") {
		t.Errorf("set: %s", b.text())
	}
	b.get(t, "/complaints/new")
	b.next(t, "safe", "safe", "safe")
	if b.step() != "phone" {
		t.Errorf("who is safe was led to %q", b.step())
	}
}

func TestAMistypedReceiptIsSaidBeforeAnythingIsLookedUp(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	tell(t, o, b)
	receipt := b.receipt()
	b.press(t, "/complaints", "")
	wrong := []byte(receipt)
	if wrong[0]++; wrong[0] == ':' {
		wrong[0] = '0'
	}
	if wrong[0] > 'Z' || strings.ContainsRune("ILOU", rune(wrong[0])) {
		wrong[0] = '7'
	}
	for name, tt := range map[string]struct{ typed, says string }{
		"one character":     {string(wrong), "One character is wrong"},
		"one missing":       {receipt[:len(receipt)-1], "24 letters and digits"},
		"a letter U":        {"U" + receipt[1:], "never have"},
		"nothing":           {"", "Please answer this"},
		"of nobody":         {complaint.NewReceipt().Grouped(), "opens nothing"},
		"longer than a row": {strings.Repeat("A", 201), "at most 200"},
	} {
		b.get(t, "/complaints/check")
		b.press(t, "/complaints/check", "", "receipt", tt.typed)
		if b.status != http.StatusUnprocessableEntity || !strings.Contains(b.errorAt("receipt"), tt.says) {
			t.Errorf("%s: status %d, %q", name, b.status, b.errorAt("receipt"))
		}
		if got := b.fields().Get("receipt"); got != tt.typed {
			t.Errorf("%s: what was typed is lost", name)
		}
	}
}

func TestWhenItCannotBeTakenTheWholeFormComesBack(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	tell(t, o, b)
	receipt := b.receipt()
	o.exec(t, `UPDATE units SET kind = 'support' WHERE kind = 'ministry'`)
	b.press(t, "/complaints", "")
	if b.status != http.StatusServiceUnavailable || b.receipt() != receipt || !strings.Contains(b.text(), "Nothing was stored") {
		t.Fatalf("status %d: %s", b.status, b.text())
	}
	o.exec(t, `UPDATE units SET kind = 'ministry' WHERE code = 'ministry'`)
	b.press(t, "/complaints", "")
	if b.status != http.StatusOK || o.count(t, `SELECT count(*) FROM complaints`) != 1 {
		t.Errorf("tried again: status %d", b.status)
	}
}

func TestAForgedFormAndAHugeOneAreRefused(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	b.get(t, "/complaints/new")
	values := b.fields()
	values.Set("_csrf", "x")
	b.do(t, http.MethodPost, "/complaints/new", values)
	if b.status != http.StatusForbidden {
		t.Errorf("forged: status %d", b.status)
	}
	b.get(t, "/complaints/new")
	b.press(t, "/complaints/new", "to:words")
	b.press(t, "/complaints/new", "next", "narrative", strings.Repeat("x", 1<<20))
	if b.status != http.StatusUnprocessableEntity || b.errorAt("narrative") == "" {
		t.Errorf("a megabyte: status %d", b.status)
	}
}

func TestExitLeadsToTheNeutralPage(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	b.get(t, "/complaints/new")
	b.press(t, "/complaints/new", "exit")
	if b.status != http.StatusOK && b.status != http.StatusSeeOther {
		t.Errorf("status %d", b.status)
	}
}
