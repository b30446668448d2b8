package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestCookiesAreBoundToTheHostExceptInTheLocalDemonstration(t *testing.T) {
	for _, c := range []struct {
		address string
		demo    bool
		bound   bool
	}{
		{"https://portal.example", false, true},
		{"https://portal.example", true, true},
		{"http://localhost:8080", false, true},
		{"http://localhost:8080", true, false},
		{"http://[::1]:8080", true, false},
	} {
		site := newSiteAt(t, c.address, c.demo)
		for _, path := range []string{"/token", "/language/km"} {
			res := site.do(t, httptest.NewRequest(http.MethodGet, path, nil))
			cookies := res.Cookies()
			if len(cookies) != 1 {
				t.Fatalf("%s sets %d cookies, want one", path, len(cookies))
			}
			got := cookies[0]
			if strings.HasPrefix(got.Name, "__Host-") != c.bound || got.Secure != c.bound {
				t.Errorf("%s, demonstration %v: %s is set as %s, Secure %v", c.address, c.demo, path, got.Name, got.Secure)
			}
			// What the prefix demands, and what keeps it from scripts and from disks.
			if !got.HttpOnly || got.Path != "/" || got.Domain != "" || got.SameSite != http.SameSiteLaxMode || got.MaxAge != 0 || !got.Expires.IsZero() {
				t.Errorf("%s: %s", path, got)
			}
		}
	}
}
