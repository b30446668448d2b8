package public_test

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/testkit"
)

// The page of a receipt says what was deleted and under which rule; once nothing
// is left, the receipt is one that never was.
func TestAReceiptsPageSaysWhatWasDeletedUntilNothingIsLeft(t *testing.T) {
	o := open(t)
	rules, err := retention.New(retention.Deps{
		DB: o.db.DB, Clock: o.clock, Random: rand.Reader, Keys: o.shred, Pins: testkit.Pins(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	keep := func(days int, kinds ...retention.Kind) {
		for _, kind := range kinds {
			p := retention.Policy{Kind: kind, Days: days, From: o.clock.Now().AddDate(-1, 0, 0), Source: "house rule of a test"}
			if err := rules.SetPolicy(t.Context(), identity.Setup("retention"), p); err != nil {
				t.Fatal(err)
			}
		}
		o.clock.Set(o.clock.Now().AddDate(1, 0, 1))
		if err := rules.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	receipt := o.lodge(t, aboutAFriend())
	check := func(receipt string) *browser {
		b := o.browser("en")
		b.do(t, http.MethodGet, "/complaints/check", nil)
		form := url.Values{"receipt": {receipt}}
		form.Set("_csrf", b.page.Find(`input[name="_csrf"]`).First().AttrOr("value", ""))
		b.do(t, http.MethodPost, "/complaints/check", form)
		return b
	}
	keep(365, retention.Narrative)
	b := check(receipt)
	if text := b.page.Text(); b.status != http.StatusOK || !strings.Contains(text, "under the retention rule “The reporter's own words”") || !strings.Contains(text, "Your own words") {
		t.Errorf("%d: %s", b.status, text)
	}
	if b.get(t, consentPath); b.page.Find(`input[name="may_act"]`).Length() == 0 {
		t.Error("nobody can be allowed to read what is left")
	}
	keep(365, retention.Answers)
	b = check(receipt)
	if b.page.Find(`a[href="`+consentPath+`"]`).Length() != 0 {
		t.Error("it asks for consent to what nobody can read")
	}
	if b.get(t, consentPath); b.page.Find(`form[action="/complaints/close"]`).Length() != 1 {
		t.Errorf("the form of what is deleted shows %s", b.text())
	}
	keep(365, retention.Identity, retention.Contact)
	gone, never := check(receipt), check("0000-0000-0000-0000-0000-0000")
	main := func(b *browser) string { return b.page.Find("main").Text() }
	if gone.status != never.status || main(gone) != main(never) {
		t.Errorf("expired: %d %s\nunknown: %d %s", gone.status, main(gone), never.status, main(never))
	}
}
