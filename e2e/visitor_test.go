package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// visitor is a person with the plainest of browsers: cookies, links and forms.
type visitor struct {
	t    testing.TB
	base string
	lang string
	http *http.Client
	// seen are all addresses asked for and all that an answer pointed to.
	seen []string
}

func visit(t testing.TB, base, lang string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, base: base, lang: lang}
	v.http = &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		v.seen = append(v.seen, r.URL.String())
		return nil
	}}
	return v
}

// answer is a page as it came.
type answer struct {
	v      *visitor
	url    *url.URL
	status int
	header http.Header
	body   []byte
	doc    *goquery.Document
}

func (v *visitor) get(path string) *answer {
	v.t.Helper()
	return v.send(http.MethodGet, path, nil)
}

func (v *visitor) send(method, path string, form url.Values) *answer {
	v.t.Helper()
	target, err := url.Parse(v.base)
	if err == nil {
		target, err = target.Parse(path)
	}
	if err != nil {
		v.t.Fatal(err)
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, target.String(), body)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Accept-Language", v.lang)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", v.base)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	v.seen = append(v.seen, target.String())
	response, err := v.http.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	a := &answer{v: v, url: response.Request.URL, status: response.StatusCode, header: response.Header}
	if a.body, err = io.ReadAll(response.Body); err != nil {
		v.t.Fatal(err)
	}
	if a.doc, err = goquery.NewDocumentFromReader(bytes.NewReader(a.body)); err != nil {
		v.t.Fatal(err)
	}
	return a
}

// ok demands an answer of that status.
func (a *answer) ok(status int) *answer {
	a.v.t.Helper()
	if a.status != status {
		a.v.t.Fatalf("%s answered %d, not %d:\n%s", a.url.Path, a.status, status, a.text())
	}
	return a
}

func (a *answer) text() string { return strings.Join(strings.Fields(a.doc.Find("main").Text()), " ") }

// form finds the page's own form, the one in its main part that posts.
func (a *answer) form() *goquery.Selection {
	a.v.t.Helper()
	form := a.doc.Find(`main form[method="post"]`).First()
	if form.Length() == 0 {
		a.v.t.Fatalf("%s has no form:\n%s", a.url.Path, a.text())
	}
	return form
}

// values are what a browser would send if the form went as it is.
func values(form *goquery.Selection) url.Values {
	out := url.Values{}
	form.Find("input, textarea, select").Each(func(_ int, field *goquery.Selection) {
		name, kind := field.AttrOr("name", ""), field.AttrOr("type", "text")
		_, checked := field.Attr("checked")
		switch {
		case name == "", kind == "submit", (kind == "radio" || kind == "checkbox") && !checked:
		case goquery.NodeName(field) == "textarea":
			out.Add(name, strings.TrimPrefix(field.Text(), "\n"))
		case goquery.NodeName(field) == "select":
			chosen := field.Find("option[selected]")
			if chosen.Length() == 0 {
				chosen = field.Find("option").First()
			}
			out.Add(name, chosen.AttrOr("value", chosen.Text()))
		case kind == "radio" || kind == "checkbox":
			out.Add(name, field.AttrOr("value", "on"))
		default:
			out.Add(name, field.AttrOr("value", ""))
		}
	})
	return out
}

// submit sends the page's form with the given answers in place of its own. An
// answer for which the form has no field ends the test.
func (a *answer) submit(given map[string][]string) *answer {
	a.v.t.Helper()
	form := a.form()
	sent := values(form)
	for name, answers := range given {
		if form.Find(`[name="`+name+`"]`).Length() == 0 {
			a.v.t.Fatalf("%s does not ask for %q", a.url.Path, name)
		}
		sent[name] = answers
	}
	return a.v.send(http.MethodPost, form.AttrOr("action", a.url.Path), sent)
}

// signIn opens a session for the account.
func (v *visitor) signIn(who account) *answer {
	v.t.Helper()
	return v.get("/sign-in").ok(http.StatusOK).submit(map[string][]string{
		"email": {who.Email}, "passphrase": {who.Password},
	}).ok(http.StatusOK)
}
