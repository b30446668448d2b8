package public_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/fairpassage/portal/app/public"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// register stands in for the register's search: names it knows, by a word.
type register map[string][]public.Candidate

func (r register) Candidates(_ context.Context, typed string, _ int) ([]public.Candidate, error) {
	for word, found := range r {
		if strings.Contains(strings.ToLower(typed), word) {
			return found, nil
		}
	}
	return nil, nil
}

func (r register) ExactlyNamed(context.Context, string) (uuid.UUID, bool, error) {
	return uuid.Nil, false, nil
}

func (r register) PlacedByPhone(context.Context, uuid.UUID, []matching.Token) (bool, error) {
	return false, nil
}

// office is the complaint pages over a real database.
type office struct {
	server   *fiber.App
	db       *testkit.Database
	clock    *clock.Fake
	register register
	service  *complaint.Service
	shred    *shred.Store
	log      bytes.Buffer
	audit    *audit.Log
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{db: testkit.DB(t), clock: testkit.Clock(), register: register{}}
	for _, kind := range []string{"ministry", "police", "oversight"} {
		o.exec(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $2, '{"en":"Unit"}')`, id.New(), kind)
	}
	desks := o.db.Desks(t, o.clock, "ministry", "police", "oversight")
	keys, err := seal.Ensure(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	hasher, err := matching.NewHasher(keys.Secret(seal.SecretMatching))
	if err != nil {
		t.Fatal(err)
	}
	o.shred = testkit.Shred(t, o.clock)
	sessions := identity.NewSessions(o.db.DB, testkit.People(o.clock))
	service, err := complaint.NewService(complaint.Dependencies{
		DB: o.db.DB, Clock: o.clock, Keys: keys, Desks: desks, Shred: o.shred, Hasher: hasher, Sessions: sessions, People: testkit.People(o.clock), Agencies: o.register, Placements: o.register, Regions: []string{"KH"},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.service = service
	pages, err := views.New()
	if err != nil {
		t.Fatal(err)
	}
	base, _ := url.Parse("http://localhost:8080")
	conf := web.Config{BaseURL: base, Demo: true, CSRFKey: keys.Secret(seal.SecretCSRF)}
	edge, err := web.New(conf, pages, sessions, slog.New(slog.NewTextHandler(&o.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	p, err := public.NewComplaints(public.ComplaintDependencies{
		Web: edge, Service: service, Sessions: sessions, Register: o.register, Clock: o.clock,
		FormKey: keys.Secret(seal.SecretForm), Destinations: []string{"TH", "MY"},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.server = fiber.New(fiber.Config{Immutable: true, ErrorHandler: edge.Problem, DisableStartupMessage: true, BodyLimit: web.BodyLimit})
	o.server.Use(web.RefuseEncodedBodies)
	home := public.NewHome(edge, nil)
	key, err := audit.NewKey(keys.Secret(seal.SecretAudit))
	if err != nil {
		t.Fatal(err)
	}
	o.audit, err = audit.New(audit.Deps{DB: o.db.DB, Clock: o.clock, Random: rand.Reader, Key: key, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	seals := public.NewAudit(edge, o.audit)
	for _, r := range []web.Route{
		{Method: "GET", Path: "/checkpoint", Action: authority.PublicRead, Handler: seals.Checkpoint, Plain: true},
		{Method: "GET", Path: "/checkpoint/key", Action: authority.PublicRead, Handler: seals.Key, Plain: true},
		{Method: "GET", Path: "/complaints/mine/proof", Action: authority.ComplaintFind, Handler: seals.Proof},
		{Method: "GET", Path: "/complaints/mine/proof/file", Action: authority.ComplaintFind, Handler: seals.ProofFile},
		{Method: "GET", Path: "/leave", Action: authority.PublicRead, Handler: home.Leave},
		{Method: "GET", Path: "/complaints/new", Action: authority.ComplaintFile, Handler: p.New},
		{Method: "POST", Path: "/complaints/new", Action: authority.ComplaintFile, Handler: p.Walk},
		{Method: "POST", Path: "/complaints", Action: authority.ComplaintFile, Handler: p.Send},
		{Method: "GET", Path: "/complaints", Action: authority.ComplaintFind, Handler: p.Index},
		{Method: "GET", Path: "/complaints/check", Action: authority.ComplaintFind, Handler: p.CheckForm},
		{Method: "POST", Path: "/complaints/check", Action: authority.ComplaintFind, Handler: p.Check},
		{Method: "GET", Path: "/complaints/mine", Action: authority.ComplaintFind, Handler: p.Mine},
		{Method: "GET", Path: "/complaints/mine/consent", Action: authority.ComplaintFind, Handler: p.ConsentForm},
		{Method: "POST", Path: "/complaints/mine/consent", Action: authority.ComplaintFind, Handler: p.Allow},
		{Method: "POST", Path: "/complaints/close", Action: authority.ComplaintFind, Handler: p.Close},
	} {
		r.Surface = web.Public
		o.server.Add(r.Method, r.Path, edge.Guard(r))
	}
	return o
}

// lodge files a complaint and returns its receipt.
func (o *office) lodge(t *testing.T, in complaint.Intake) string {
	t.Helper()
	receipt := complaint.NewReceipt()
	_, err := o.service.File(t.Context(), identity.Public(), in, receipt, "nonce-"+receipt.Code())
	if err != nil {
		t.Fatal(err)
	}
	return receipt.Grouped()
}

func (o *office) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := o.db.Super(t).ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func (o *office) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	var n int
	if err := o.db.Super(t).QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.Fatal(err)
	}
	return n
}

// browser is a phone without JavaScript: it keeps cookies, follows redirects,
// and sends forms as they stand in the page.
type browser struct {
	o       *office
	lang    string
	cookies map[string]string
	status  int
	page    *goquery.Document
}

func (o *office) browser(lang string) *browser {
	return &browser{o: o, lang: lang, cookies: map[string]string{}}
}

func (b *browser) do(t *testing.T, method, path string, values url.Values) {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(values.Encode()))
	req.Header.Set("Accept-Language", b.lang)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", fiber.MIMEApplicationForm)
	}
	for name, value := range b.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := b.o.server.Test(req, 30_000)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	for _, c := range res.Cookies() {
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	if to := res.Header.Get("Location"); res.StatusCode == http.StatusSeeOther && to != "/leave" {
		b.do(t, http.MethodGet, to, nil)
		return
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if cache := res.Header.Get("Cache-Control"); cache != "no-store" {
		t.Errorf("%s %s may be kept: %q", method, path, cache)
	}
	b.status = res.StatusCode
	if b.page, err = goquery.NewDocumentFromReader(bytes.NewReader(body)); err != nil {
		t.Fatal(err)
	}
	if n := b.page.Find("script").Length(); n != 0 {
		t.Errorf("%s needs a script", path)
	}
}

func (b *browser) get(t *testing.T, path string) { t.Helper(); b.do(t, http.MethodGet, path, nil) }

// fields returns what the page's form would send untouched: hidden fields,
// texts, and whatever is ticked.
func (b *browser) fields() url.Values {
	values := url.Values{}
	form := b.page.Find("main form").First()
	form.Find("input, textarea, select").Each(func(_ int, s *goquery.Selection) {
		name := s.AttrOr("name", "")
		switch kind := s.AttrOr("type", ""); {
		case goquery.NodeName(s) == "textarea":
			values.Set(name, strings.TrimPrefix(s.Text(), "\n"))
		case goquery.NodeName(s) == "select":
			values.Set(name, s.Find("option[selected]").AttrOr("value", ""))
		case kind == "radio" || kind == "checkbox":
			if _, ticked := s.Attr("checked"); ticked {
				values.Add(name, s.AttrOr("value", ""))
			}
		default:
			values.Set(name, s.AttrOr("value", ""))
		}
	})
	return values
}

// press fills some fields, given as name and value, and presses the button that
// sends to path with that value of _go.
func (b *browser) press(t *testing.T, path, button string, fill ...string) {
	t.Helper()
	values := b.fields()
	filled := map[string]bool{}
	for i := 0; i+1 < len(fill); i += 2 {
		if b.page.Find(`main form [name="`+fill[i]+`"]`).Length() == 0 {
			t.Fatalf("screen %s has no field %s", b.step(), fill[i])
		}
		if !filled[fill[i]] {
			values.Del(fill[i])
		}
		filled[fill[i]] = true
		values.Add(fill[i], fill[i+1])
	}
	if button != "" {
		values.Set("_go", button)
	}
	b.do(t, http.MethodPost, path, values)
}

// next answers the screen, which must be the named one, and goes on.
func (b *browser) next(t *testing.T, step string, fill ...string) {
	t.Helper()
	if got := b.step(); got != step {
		t.Fatalf("at screen %q (status %d), want %q", got, b.status, step)
	}
	b.press(t, "/complaints/new", "next", fill...)
}

func (b *browser) step() string { return b.page.Find(`main input[name="_step"]`).AttrOr("value", "") }

func (b *browser) text() string { return strings.Join(strings.Fields(b.page.Find("main").Text()), " ") }

func (b *browser) receipt() string {
	return strings.Join(strings.Fields(b.page.Find(".fp-receipt__code").Text()), "-")
}

func (b *browser) errorAt(field string) string {
	return strings.TrimSpace(b.page.Find("#" + field + "-error").Text())
}
