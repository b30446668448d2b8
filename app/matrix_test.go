package app_test

import (
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/gofiber/fiber/v2"
)

var update = flag.Bool("update", false, "write docs/authority.md anew")

const matrixFile = "../docs/authority.md"

// The authority matrix: every route of the site, asked over HTTP by every role,
// of the unit whose the object is, of another one and of one that a complaint
// accuses, by people who were deactivated while signed in, by nobody, and on
// the other surface. What is answered is what internal/authority says, and what
// docs/authority.md says.
func TestTheAuthorityMatrix(t *testing.T) {
	m := openMatrix(t)
	routes := m.routes
	for _, p := range m.people {
		m.enter(p)
		for _, r := range routes {
			m.ask(p, r)
		}
		m.otherSurface(p, routes)
	}
	if cells := len(routes) * len(m.people); m.asked != cells {
		t.Errorf("%d of %d cells were asked", m.asked, cells)
	}
	for _, path := range []string{"/police/escalations", "/oversight/escalations", "/readings", "/decisions", "/ministry/applications", "/ministry/inspections", "/agency/inspections"} {
		if m.listed[path] == 0 {
			t.Errorf("%s lists nothing that could be opened", path)
		}
	}
	if t.Failed() {
		return
	}
	text := m.document(routes)
	if *update {
		if err := os.WriteFile(matrixFile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != text {
		t.Errorf("docs/authority.md is not what the site does (make authority UPDATE=1 writes it):%s", differ(string(kept), text))
	}
}

// ask sends one request and compares the answer with the policy's.
func (m *matrix) ask(p *person, r web.Route) {
	m.t.Helper()
	m.asked++
	name := r.Method + " " + r.Path
	th, ok := m.thingFor(r, p)
	if !ok {
		m.t.Errorf("%s names an object, and no object of the matrix stands for it", name)
		return
	}
	actor := p.on(r.Surface)
	want := authority.Decide(actor, r.Action, th.object).Allowed
	if more, asks := th.also[r.Action]; asks {
		want = want && authority.Decide(actor, more, th.object).Allowed
	}
	res := m.request(p, r, th)
	got := !refused(r, res)
	if got != want {
		m.t.Errorf("%s by %s: %d to %q; the policy says allowed: %v", name, p, res.StatusCode, res.Header.Get("Location"), want)
	}
	if got && r.Method == http.MethodGet && !r.Stream {
		m.lists(p, r, res)
	}
	if open := authority.Enter(identity.Public(), r.Action).Allowed; !got && r.Surface == web.Staff && !open {
		m.refusedAsUnknown(p, r, res)
	}
	m.allowed[cell{name, p.standing, p.actor.UnitKind, p.actor.Role}] = got
}

// lists compares a list with the page of one thing in it: what the person may
// not open is not listed for them.
func (m *matrix) lists(p *person, r web.Route, res *http.Response) {
	m.t.Helper()
	at := slices.IndexFunc(m.routes, func(one web.Route) bool { return one.Method == http.MethodGet && one.Path == r.Path+"/:id" })
	if at < 0 {
		return
	}
	one := m.routes[at]
	th, _ := m.thingFor(one, p)
	body, err := io.ReadAll(res.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	if !strings.Contains(string(body), th.path[":id"]) {
		return
	}
	m.listed[r.Path]++
	if !authority.Decide(p.actor, one.Action, th.object).Allowed {
		m.t.Errorf("%s lists for %s what they may not open", r.Path, p)
	}
}

// refusedAsUnknown: whoever is not signed in is led to the form, or told so
// where a program asks; everybody else is answered like a page that does not exist.
func (m *matrix) refusedAsUnknown(p *person, r web.Route, res *http.Response) {
	m.t.Helper()
	want := http.StatusNotFound
	if p.on(r.Surface).Kind == identity.KindPublic {
		switch {
		case r.JSON:
			want = http.StatusUnauthorized
		case r.Method == http.MethodGet && !r.Stream:
			want = http.StatusSeeOther
		}
	}
	if res.StatusCode != want {
		m.t.Errorf("%s %s by %s is refused with %d, want %d", r.Method, r.Path, p, res.StatusCode, want)
	}
}

// refused tells a refusal of the policy from every other answer. What a visitor
// does wrong on a page that is theirs is no refusal.
func refused(r web.Route, res *http.Response) bool {
	switch res.StatusCode {
	case http.StatusNotFound, http.StatusUnauthorized:
		return true
	case http.StatusSeeOther: // led away: to sign in, to enrol, to confirm who they are
		open := authority.Enter(identity.Public(), r.Action).Allowed
		to, _, _ := strings.Cut(res.Header.Get("Location"), "?")
		return !open && !strings.HasPrefix(r.Path, to) && slices.Contains([]string{"/sign-in", "/account/factors", "/account/confirm"}, to)
	}
	return false
}

// request asks for real: forms with the token against forgery, and with no more
// in them than the object takes, so that they reach the use case and do little.
// Only what would end the session, or the person's key, is sent without the
// token: the policy is asked before that, and 403 says that the door is open.
func (m *matrix) request(p *person, r web.Route, th thing) *http.Response {
	m.t.Helper()
	m.deed("%s %s by %s", r.Method, r.Path, p)
	path := th.fill(r.Path)
	if r.Method == http.MethodGet {
		return p.visitor.do(m.t, httptest.NewRequest(http.MethodGet, path, nil))
	}
	form := url.Values{}
	for key, value := range th.form {
		form.Set(key, value)
	}
	body, kind := form.Encode(), fiber.MIMEApplicationForm
	if r.JSON {
		body, kind = `{"reason": "It is in order."}`, fiber.MIMEApplicationJSON
	}
	req := httptest.NewRequest(r.Method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", kind)
	ends := slices.Contains([]string{"/sign-out", "/account/sessions"}, r.Path)
	if !ends {
		req.Header.Set(web.CSRFHeader, m.token(p, r.Surface))
	}
	res := p.visitor.do(m.t, req)
	if forbidden := res.StatusCode == http.StatusForbidden; forbidden != ends && !refused(r, res) {
		m.t.Errorf("%s %s by %s: %d", r.Method, r.Path, p, res.StatusCode)
	}
	return res
}

// token is that of the person's forms on a surface.
func (m *matrix) token(p *person, on web.Surface) string {
	if p.tokens[on] == "" {
		page := "/complaints/new"
		if on == web.Staff {
			page = "/sign-in"
			if p.actor.Kind == identity.KindStaff {
				page = "/account"
			}
		}
		_, at := p.visitor.get(m.t, page)
		p.tokens[on] = at.Find(`input[name="_csrf"]`).First().AttrOr("value", "")
		if p.tokens[on] == "" {
			m.t.Fatalf("no form on %s for %s", page, p)
		}
	}
	return p.tokens[on]
}

// otherSurface asks each server that serves one surface for what the other has.
func (m *matrix) otherSurface(p *person, routes []web.Route) {
	m.t.Helper()
	for surface, server := range m.apart {
		for _, r := range routes {
			if r.Surface == surface || r.Plain {
				continue
			}
			th, _ := m.thingFor(r, p)
			req := httptest.NewRequest(r.Method, th.fill(r.Path), nil)
			for name, value := range p.visitor.cookies {
				req.AddCookie(&http.Cookie{Name: name, Value: value})
			}
			res, err := server.Test(req)
			if err != nil {
				m.t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusNotFound {
				m.t.Errorf("the %s site answers %s %s with %d", surface, r.Method, r.Path, res.StatusCode)
			}
		}
	}
}

// What the server answers is what the site map lists: nothing beside it.
func TestNothingIsServedThatTheSiteMapDoesNotList(t *testing.T) {
	w := openTwin(t, testkit.DB(t), twinUnits...)
	var listed []string
	for _, r := range app.SiteMap(nil, app.Pages{}) {
		listed = append(listed, r.Method+" "+r.Path)
	}
	served := 0
	for _, r := range w.server.GetRoutes(true) { // without the middleware
		if served++; !slices.Contains(listed, r.Method+" "+r.Path) {
			t.Errorf("%s %s is served and not listed", r.Method, r.Path)
		}
	}
	if served != len(listed) {
		t.Errorf("%d served, %d listed", served, len(listed))
	}
}
