package app_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
)

func TestEveryRouteNamesAKnownPolicyAndASurface(t *testing.T) {
	known := authority.Actions()
	for _, r := range app.SiteMap(nil, app.Pages{}) {
		if !slices.Contains(known, r.Action) {
			t.Errorf("%s %s names the policy %q, which nobody decides", r.Method, r.Path, r.Action)
		}
		if r.Surface != web.Public && r.Surface != web.Staff {
			t.Errorf("%s %s is on no surface", r.Method, r.Path)
		}
	}
}

func TestNoAddressIsAnsweredTwice(t *testing.T) {
	param := regexp.MustCompile(`:[a-z]+`)
	seen := map[string]bool{}
	for _, r := range app.SiteMap(nil, app.Pages{}) {
		key := r.Method + " " + param.ReplaceAllString(r.Path, ":x")
		if seen[key] {
			t.Errorf("%s stands twice in the site map", key)
		}
		seen[key] = true
	}
}

// What anybody may reach without an account lies outside the staff folders.
func TestStaffPagesAreClosedToThePublic(t *testing.T) {
	folders := []string{"/agency", "/ministry", "/police", "/support", "/oversight", "/border", "/admin", "/account", "/desk", "/readings"}
	for _, r := range app.SiteMap(nil, app.Pages{}) {
		staff := slices.ContainsFunc(folders, func(f string) bool { return r.Path == f || strings.HasPrefix(r.Path, f+"/") })
		if !staff {
			continue
		}
		if r.Surface != web.Staff {
			t.Errorf("%s %s is a staff page on the public surface", r.Method, r.Path)
		}
		if authority.Enter(identity.Public(), r.Action).Allowed {
			t.Errorf("%s %s is open to the public", r.Method, r.Path)
		}
	}
}

func TestOnlyPostChangesState(t *testing.T) {
	for _, r := range app.SiteMap(nil, app.Pages{}) {
		if r.Method != "GET" && r.Method != "POST" {
			t.Errorf("%s %s: only GET and POST work without JavaScript", r.Method, r.Path)
		}
	}
}
