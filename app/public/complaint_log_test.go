package public_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestNothingOfAComplaintReachesTheLog(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	tell(t, o, b)
	b.press(t, "/complaints", "")
	o.exec(t, `DROP TABLE complaint_items CASCADE`) // now everything fails
	tell(t, o, b)
	b.press(t, "/complaints", "")
	if b.status != http.StatusInternalServerError {
		t.Fatalf("status %d", b.status)
	}
	log := o.log.String()
	if !strings.Contains(log, "incident") {
		t.Fatal("the failure was not logged")
	}
	for _, secret := range []string{"Dara", "Sok", "ice factory", "012", "Uncle", "Seafood"} {
		if strings.Contains(log, secret) {
			t.Errorf("%q stands in the log", secret)
		}
	}
}
