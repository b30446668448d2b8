package public_test

import (
	"net/http"
	"testing"
	"time"
)

// Somebody writes for long, and looks a receipt up in another tab meanwhile.
func TestAReceiptThatOpensOrEndsMeanwhileCostsNoHalfWrittenForm(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	tell(t, o, b)
	receipt := b.receipt()
	b.press(t, "/complaints", "")

	b.get(t, "/complaints/new")
	written := b.fields()
	b.get(t, "/complaints/check")
	b.press(t, "/complaints/check", "", "receipt", receipt)
	b.do(t, http.MethodPost, "/complaints/new", written)
	if b.status != http.StatusOK {
		t.Errorf("a receipt was opened meanwhile: status %d", b.status)
	}

	b.get(t, "/complaints/new")
	written = b.fields()
	o.clock.Advance(20 * time.Minute)
	b.do(t, http.MethodPost, "/complaints/new", written)
	if b.status != http.StatusOK {
		t.Errorf("the receipt's session ended meanwhile: status %d", b.status)
	}
	b.next(t, b.step())
	if b.status != http.StatusOK {
		t.Errorf("the screen after it: status %d", b.status)
	}
}
