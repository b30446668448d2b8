package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/testkit"
)

// Outside a demonstration: every staff address, by every role, without a second
// factor. What is theirs leads to where one is enrolled, and what is not theirs
// is not there.
func TestWhoHasNoSecondFactorReachesOnlyWhereOneIsEnrolled(t *testing.T) {
	w := openPortal(t, testkit.DB(t), false, twinUnits...)
	for email, actor := range w.people {
		v := w.visitor(email)
		for _, r := range app.SiteMap(nil, app.Pages{}) {
			if r.Surface != web.Staff || r.Unguarded {
				continue
			}
			want := http.StatusNotFound
			switch mine := authority.Enter(actor, r.Action).Allowed; {
			case mine && r.JSON:
				want = http.StatusConflict
			case mine:
				want = http.StatusSeeOther
			}
			path := strings.NewReplacer(":id", unitOf("anything").String(), ":complaint", unitOf("anything").String()).Replace(r.Path)
			res := v.do(t, httptest.NewRequest(r.Method, path, nil))
			to := res.Header.Get("Location")
			if res.StatusCode != want || want == http.StatusSeeOther && to != "/account/factors" {
				t.Errorf("%s %s by %s: %d to %q, want %d", r.Method, r.Path, email, res.StatusCode, to, want)
			}
		}
	}
}
