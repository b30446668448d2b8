package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/gofiber/fiber/v2"
)

// Every combination of what a browser may say of a request's origin, with a
// right and a wrong token.
func TestForgeryIsRefusedInEveryCombination(t *testing.T) {
	site := newSite(t, web.Route{
		Method: fiber.MethodPost, Path: "/things", Surface: web.Public, Action: authority.ComplaintFile,
		Handler: func(c *fiber.Ctx) error { return c.SendString("done") },
	})
	token, cookie := site.token(t)
	sites := map[string]bool{"": true, "same-origin": true, "none": true, "same-site": false, "cross-site": false, "rubbish": false}
	origins := map[string]bool{
		"": true, "null": true, "http://localhost:8080": true,
		"http://localhost": false, "https://localhost:8080": false, "http://evil.example": false, "http://localhost:8080.evil.example": false,
	}
	tokens := map[string]bool{token: true, "": false, token + "x": false, strings.ToLower(token): false}
	for fetchSite, siteOK := range sites {
		for origin, originOK := range origins {
			for value, tokenOK := range tokens {
				req := form(t, "/things", url.Values{web.CSRFField: {value}})
				req.Header.Set("Cookie", cookie)
				if fetchSite != "" {
					req.Header.Set("Sec-Fetch-Site", fetchSite)
				}
				if origin != "" {
					req.Header.Set("Origin", origin)
				}
				want := http.StatusForbidden
				if siteOK && originOK && tokenOK {
					want = http.StatusOK
				}
				if got := site.do(t, req).StatusCode; got != want {
					t.Errorf("Sec-Fetch-Site %q, Origin %q, token right %v: %d, want %d", fetchSite, origin, tokenOK, got, want)
				}
			}
		}
	}
}

func TestATokenOfAnotherVisitIsRefused(t *testing.T) {
	site := newSite(t, web.Route{
		Method: fiber.MethodPost, Path: "/things", Surface: web.Public, Action: authority.ComplaintFile,
		Handler: func(c *fiber.Ctx) error { return c.SendString("done") },
	})
	token, _ := site.token(t)
	_, other := site.token(t)
	req := form(t, "/things", url.Values{web.CSRFField: {token}})
	req.Header.Set("Cookie", other)
	if got := site.do(t, req).StatusCode; got != http.StatusForbidden {
		t.Fatalf("status %d, want 403", got)
	}
}

func TestATokenInTheAddressDoesNotCount(t *testing.T) {
	site := newSite(t, web.Route{
		Method: fiber.MethodPost, Path: "/things", Surface: web.Public, Action: authority.ComplaintFile,
		Handler: func(c *fiber.Ctx) error { return c.SendString("done") },
	})
	token, cookie := site.token(t)
	req := form(t, "/things?"+web.CSRFField+"="+token, url.Values{})
	req.Header.Set("Cookie", cookie)
	if got := site.do(t, req).StatusCode; got != http.StatusForbidden {
		t.Fatalf("status %d, want 403", got)
	}
}
