package public_test

import (
	"maps"
	"net/http"
	"testing"
)

// Whoever takes the phone next presses "back". The browser is an old one: it
// keeps cookies although it is asked to drop them.
func TestAfterLeavingTheWayBackOpensNothing(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	tell(t, o, b)
	review, receipt := b.fields(), b.receipt()
	b.press(t, "/complaints", "")
	b.get(t, "/complaints/check")
	b.press(t, "/complaints/check", "", "receipt", receipt)
	if b.page.Find(`input[name="receipt"]`).Length() != 0 {
		t.Fatal("the receipt opened nothing")
	}
	kept := maps.Clone(b.cookies)
	b.get(t, "/leave")
	if len(b.cookies) != 0 {
		t.Errorf("cookies stay: %d", len(b.cookies))
	}
	b.do(t, http.MethodPost, "/complaints/new", review)
	if b.status != http.StatusForbidden {
		t.Errorf("a screen of before is answered with %d, want 403", b.status)
	}
	b.cookies = kept
	b.get(t, "/complaints/mine")
	if b.page.Find(`input[name="receipt"]`).Length() != 1 {
		t.Error("the receipt is still open")
	}
}
