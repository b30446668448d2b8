package web_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"
)

// site is the edge with a few routes of a test's own.
type site struct {
	app *fiber.App
	web *web.Web
	log *bytes.Buffer

	db       *testkit.Database
	sessions *identity.Sessions
}

// newSite is the edge of the demonstration on this machine.
func newSite(t *testing.T, routes ...web.Route) *site {
	t.Helper()
	return newSiteAt(t, "http://localhost:8080", true, routes...)
}

func newSiteAt(t *testing.T, address string, demo bool, routes ...web.Route) *site {
	t.Helper()
	db, clk := testkit.DB(t), testkit.Clock()
	pages, err := views.New()
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{log: &bytes.Buffer{}, db: db, sessions: identity.NewSessions(db.DB, testkit.People(clk))}
	conf := web.Config{BaseURL: base, Demo: demo, CSRFKey: bytes.Repeat([]byte{7}, 32)}
	if s.web, err = web.New(conf, pages, s.sessions, slog.New(slog.NewTextHandler(s.log, nil))); err != nil {
		t.Fatal(err)
	}
	s.app = fiber.New(fiber.Config{Immutable: true, ErrorHandler: s.web.Problem, DisableStartupMessage: true, BodyLimit: web.BodyLimit})
	s.app.Use(recover.New())
	s.app.Use(web.RefuseEncodedBodies)
	routes = append(routes,
		web.Route{Method: fiber.MethodGet, Path: "/token", Surface: web.Public, Action: authority.PublicRead, Handler: func(c *fiber.Ctx) error {
			return c.SendString(s.web.CSRFToken(c))
		}},
		web.Route{Method: fiber.MethodGet, Path: "/language/:code", Surface: web.Public, Action: authority.PublicRead, Handler: s.web.SwitchLanguage, Plain: true})
	for _, r := range routes {
		s.app.Add(r.Method, r.Path, s.web.Guard(r))
	}
	web.LimitBodies(s.app.Server(), routes)
	return s
}

func (s *site) do(t *testing.T, req *http.Request) *http.Response {
	t.Helper()
	res, err := s.app.Test(req, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// token visits once and returns the token of that visit's forms, and its cookie.
func (s *site) token(t *testing.T) (token, cookie string) {
	t.Helper()
	res := s.do(t, httptest.NewRequest(http.MethodGet, "/token", nil))
	return read(t, res), strings.SplitN(res.Header.Get("Set-Cookie"), ";", 2)[0]
}

func read(t *testing.T, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func form(t *testing.T, path string, values url.Values) *http.Request {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	req.Header.Set("Content-Type", fiber.MIMEApplicationForm)
	return req
}
