package web_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"
)

func public(method, path string, handler fiber.Handler) web.Route {
	return web.Route{Method: method, Path: path, Surface: web.Public, Action: authority.ComplaintFile, Handler: handler}
}

func TestAPanicIsAPageWithAnIncidentAndNoText(t *testing.T) {
	site := newSite(t, public(fiber.MethodGet, "/panic", func(*fiber.Ctx) error { panic("canary-panic") }))
	res := site.do(t, httptest.NewRequest(http.MethodGet, "/panic", nil))
	body := read(t, res)
	if res.StatusCode != http.StatusInternalServerError || strings.Contains(body, "canary") {
		t.Fatalf("status %d, body holds the text: %v", res.StatusCode, strings.Contains(body, "canary"))
	}
	line := site.log.String()
	at := strings.Index(line, "incident=")
	if at < 0 || !strings.Contains(body, line[at+len("incident="):at+len("incident=")+10]) {
		t.Fatal("the page does not name the incident that the log names")
	}
}

func TestAFaultIsAnsweredByItsKind(t *testing.T) {
	for kind, want := range map[fault.Kind]int{
		fault.Invalid: 422, fault.NotFound: 404, fault.Forbidden: 404, fault.Conflict: 409,
		fault.Unavailable: 503, fault.TooMany: 429, fault.Internal: 500,
	} {
		site := newSite(t, public(fiber.MethodGet, "/f", func(*fiber.Ctx) error { return fault.New(kind, "problem.404.title") }))
		if got := site.do(t, httptest.NewRequest(http.MethodGet, "/f", nil)).StatusCode; got != want {
			t.Errorf("kind %d: status %d, want %d", kind, got, want)
		}
	}
	site := newSite(t, public(fiber.MethodGet, "/f", func(*fiber.Ctx) error { return errors.New("disk on fire") }))
	if got := site.do(t, httptest.NewRequest(http.MethodGet, "/f", nil)).StatusCode; got != 500 {
		t.Errorf("unknown error: status %d, want 500", got)
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	site := newSite(t, public(fiber.MethodGet, "/ok", func(c *fiber.Ctx) error { return c.SendString("ok") }))
	for _, path := range []string{"/ok", "/nowhere"} {
		res := site.do(t, httptest.NewRequest(http.MethodGet, path, nil))
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"Cache-Control":           "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s %s = %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestACompressedBodyIsRefusedBeforeItIsRead(t *testing.T) {
	site := newSite(t, public(fiber.MethodPost, "/things", func(c *fiber.Ctx) error { return c.SendString("done") }))
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 50<<20))
	_ = z.Close()
	req := httptest.NewRequest(http.MethodPost, "/things", &bomb)
	req.Header.Set("Content-Encoding", "gzip")
	req.Header.Set("Content-Type", fiber.MIMEApplicationForm)
	if got := site.do(t, req).StatusCode; got != http.StatusUnsupportedMediaType {
		t.Fatalf("status %d, want 415", got)
	}
}

// The limit is held by the server itself, so this talks over a real connection.
func TestBodiesAreLimitedByPath(t *testing.T) {
	size := func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusForbidden) }
	bulk := public(fiber.MethodPost, "/bulk", size)
	bulk.Bulk = true
	file := public(fiber.MethodPost, "/things/:id/files", size)
	file.Upload = true
	site := newSite(t, public(fiber.MethodPost, "/small", size), public(fiber.MethodPost, "/things/:id", size), bulk, file)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = site.app.Listener(listener) }()
	t.Cleanup(func() { _ = site.app.ShutdownWithTimeout(time.Second) })
	for _, c := range []struct {
		path string
		size int
		want int
	}{
		{"/small", 2 << 20, 403},
		{"/small", 3 << 20, 413},
		{"/things/7/files", 10<<20 + 1<<16, 403},
		{"/things/7/files/", 10<<20 + 1<<16, 403},
		{"/things/7/files", 12 << 20, 413},
		{"/things/7", 3 << 20, 413},
		{"/things//files", 3 << 20, 413},
		{"/bulk", 13 << 20, 403},
		{"/bulk", 65 << 20, 413},
		{"/bulk/../small", 13 << 20, 413},
		{"/bulk/../things/7/files", 13 << 20, 413},
	} {
		res, err := http.Post("http://"+listener.Addr().String()+c.path, fiber.MIMEApplicationForm, bytes.NewReader(bytes.Repeat([]byte("a"), c.size)))
		if err != nil {
			// The server may close before the client has sent it all.
			if c.want == 413 {
				continue
			}
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != c.want {
			t.Errorf("%d bytes to %s: %d, want %d", c.size, c.path, res.StatusCode, c.want)
		}
	}
}

type sample struct {
	Name  string   `form:"name" validate:"required,max=5"`
	Kinds []string `form:"kinds" validate:"max=3,dive,oneof=a b"`
}

func TestAFormIsReadFromTheBodyAndCheckedAtTheField(t *testing.T) {
	var got sample
	var errs map[string]string
	site := newSite(t)
	site.app.Post("/read", func(c *fiber.Ctx) error {
		got = sample{}
		sent, err := site.web.Bind(c, &got)
		errs = sent.Errors
		if err != nil {
			return err
		}
		return c.SendString("read")
	})
	cases := map[string]struct {
		path   string
		values url.Values
		want   sample
		errs   map[string]string
	}{
		"as sent":                       {"/read", url.Values{"name": {" Sok "}, "kinds": {"a", "b"}}, sample{"Sok", []string{"a", "b"}}, map[string]string{}},
		"not from the address":          {"/read?name=Evil", url.Values{}, sample{"", []string{}}, map[string]string{"name": "form.required"}},
		"too long":                      {"/read", url.Values{"name": {"Sokhaa"}}, sample{"Sokhaa", []string{}}, map[string]string{"name": "form.too_long"}},
		"long in bytes, not in letters": {"/read", url.Values{"name": {"សុខា"}}, sample{"សុខា", []string{}}, map[string]string{}},
		"sent twice":                    {"/read", url.Values{"name": {"A", "B"}}, sample{"", []string{}}, map[string]string{"name": "form.duplicate"}},
		"not UTF-8":                     {"/read", url.Values{"name": {"A\xff"}}, sample{"A", []string{}}, map[string]string{"name": "form.encoding"}},
		"a NUL":                         {"/read", url.Values{"name": {"A\x00"}}, sample{"A", []string{}}, map[string]string{"name": "form.encoding"}},
		"a choice not offered":          {"/read", url.Values{"name": {"A"}, "kinds": {"z"}}, sample{"A", []string{"z"}}, map[string]string{"kinds": "form.choice"}},
		"an unknown field":              {"/read", url.Values{"name": {"A"}, "admin": {"yes"}}, sample{"A", []string{}}, map[string]string{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			res := site.do(t, form(t, c.path, c.values))
			if res.StatusCode != 200 {
				t.Fatalf("status %d", res.StatusCode)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.errs, errs); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestABodyOfAnotherKindIsRefused(t *testing.T) {
	site := newSite(t, public(fiber.MethodPost, "/things", func(c *fiber.Ctx) error { return c.SendString("done") }))
	for _, kind := range []string{"", "application/json", "text/xml", "multipart/form-data", "rubbish;;"} {
		req := httptest.NewRequest(http.MethodPost, "/things", strings.NewReader(`{"a":1}`))
		req.Header.Set("Content-Type", kind)
		if got := site.do(t, req).StatusCode; got != http.StatusUnprocessableEntity {
			t.Errorf("%q: status %d, want 422", kind, got)
		}
	}
}

func TestTheLanguageIsChosenInOrder(t *testing.T) {
	site := newSite(t)
	site.app.Get("/speak", site.web.Guard(web.Route{Method: "GET", Path: "/speak", Surface: web.Public, Action: authority.PublicRead, Handler: func(c *fiber.Ctx) error {
		return c.SendString(site.web.Lang(c))
	}}))
	for _, c := range []struct{ header, cookie, want string }{
		{"", "", "en"},
		{"km-KH,km;q=0.9,en;q=0.5", "", "km"},
		{"fr,tlh;q=0.3", "", "en"},
		{"km", "language=en", "en"},
		{"en", "language=km", "km"},
		{"en", "language=xx", "en"},
		{strings.Repeat("km-", 300), "", "en"},
		{"\xff;;;q=", "", "en"},
	} {
		req := httptest.NewRequest(http.MethodGet, "/speak", nil)
		req.Header["Accept-Language"] = []string{c.header}
		if c.cookie != "" {
			req.Header.Set("Cookie", c.cookie)
		}
		if got := read(t, site.do(t, req)); got != c.want {
			t.Errorf("Accept-Language %.20q, cookie %q: %q, want %q", c.header, c.cookie, got, c.want)
		}
	}
}

func TestTheLanguageSwitchStaysOnThisSite(t *testing.T) {
	site := newSite(t)
	for back, want := range map[string]string{
		"/agencies?q=sok": "/agencies?q=sok", "//evil.example": "/", "https://evil.example": "/", "/\\evil.example": "/", "": "/",
	} {
		res := site.do(t, httptest.NewRequest(http.MethodGet, "/language/km?back="+url.QueryEscape(back), nil))
		if got := res.Header.Get("Location"); got != want {
			t.Errorf("back %q leads to %q, want %q", back, got, want)
		}
	}
}

func TestPlainHTTPIsForThisMachineItself(t *testing.T) {
	key := bytes.Repeat([]byte{7}, 32)
	for _, c := range []struct {
		base string
		demo bool
		ok   bool
	}{
		{"http://localhost:8080", true, true},
		{"http://127.0.0.1:8080", true, true},
		{"http://localhost:8080", false, true},
		{"http://portal.example", false, false},
		{"http://portal.example", true, false},
		{"http://192.0.2.7", true, false},
		{"https://portal.example", false, true},
	} {
		base, err := url.Parse(c.base)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := web.New(web.Config{BaseURL: base, Demo: c.demo, CSRFKey: key}, nil, nil, nil); (err == nil) != c.ok {
			t.Errorf("%s demo=%v: err %v, want ok=%v", c.base, c.demo, err, c.ok)
		}
	}
}
