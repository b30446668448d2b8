package public_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestSwitchingTheLanguageHalfWayKeepsEveryAnswer(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	tell(t, o, b)
	english := b.page.Find("h1").Text()
	b.press(t, "/complaints/new", "lang:km")
	if b.step() != "review" || b.status != http.StatusOK {
		t.Fatalf("at %q, status %d", b.step(), b.status)
	}
	if got := b.page.Find("html").AttrOr("lang", ""); got != "km" {
		t.Errorf("the page speaks %q", got)
	}
	if b.page.Find("h1").Text() == english {
		t.Error("the heading did not change")
	}
	if !strings.Contains(b.page.Text(), "Uncle Example") {
		t.Error("an answer was lost")
	}
}
