package app_test

import (
	"database/sql"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/web"
)

// visitor signs in as a deed of its own; "" is the public.
func (w *twin) visitor(email string) *visitor {
	w.t.Helper()
	w.signedIn++
	w.deed("sign in %s %d", email, w.signedIn)
	if email == "" {
		return &visitor{w.counter, map[string]string{}}
	}
	return w.signIn(w.t, email)
}

// answer is everything that comes back: status, headers and body.
func (w *twin) answer(v *visitor, address string) string {
	w.t.Helper()
	w.deed("get %s", blank(address))
	res := v.do(w.t, httptest.NewRequest(http.MethodGet, address, nil))
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	res.Header.Del("Date")
	if address == "/checkpoint" { // its hash covers everything that happened; its size must tell nothing
		body = []byte(strings.Join(strings.SplitN(string(body), "\n", 3)[:2], "\n"))
		res.Header.Del("Content-Length")
	}
	var head []string
	for name, values := range res.Header {
		head = append(head, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(head)
	return blank(fmt.Sprint(res.StatusCode, "\n", strings.Join(head, "\n"), "\n\n", string(body)))
}

// walk returns the answers by address, each with the times of ids blanked.
func (w *twin) walk(email string) map[string]string {
	w.t.Helper()
	v := w.visitor(email)
	todo := []string{"/agencies?q=" + url.QueryEscape(twinAgency), "/agencies?q=nobody", "/ministry/applications/" + unitOf("application").String()}
	for _, r := range app.SiteMap(nil, app.Pages{}) {
		if r.Method == http.MethodGet && !r.Stream && !strings.ContainsAny(r.Path, ":+*") && (email != "") == (r.Surface == web.Staff) {
			todo = append(todo, r.Path)
		}
	}
	answers, raw := map[string]string{}, map[string]bool{}
	const enough = 400
	for len(todo) > 0 && len(answers) < enough {
		address := todo[0]
		todo = todo[1:]
		if raw[address] {
			continue
		}
		raw[address] = true
		answer, links := w.follow(v, address)
		answers[blank(address)] = answer
		todo = append(todo, links...)
	}
	return answers
}

// follow fetches a page twice: first for what it answers, then for its links
// and for every combination of its filters.
func (w *twin) follow(v *visitor, address string) (answer string, links []string) {
	w.t.Helper()
	answer = w.answer(v, address)
	w.deed("look %s", blank(address))
	_, page := v.get(w.t, address)
	page.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
		href, _ := s.Attr("href")
		if strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "/language/") && !strings.HasPrefix(href, "/assets/") {
			links = append(links, strings.Split(href, "#")[0])
		}
	})
	page.Find(`main form[method="get"]`).Each(func(_ int, form *goquery.Selection) {
		asked := []url.Values{{}}
		form.Find("select").Each(func(_ int, s *goquery.Selection) {
			var next []url.Values
			s.Find("option").Each(func(_ int, o *goquery.Selection) {
				for _, values := range asked {
					more := url.Values{}
					maps.Copy(more, values)
					more.Set(s.AttrOr("name", ""), o.AttrOr("value", ""))
					next = append(next, more)
				}
			})
			asked = next
		})
		for _, values := range asked {
			if len(values) > 0 {
				here, _, _ := strings.Cut(address, "?") // what a form without an action means
				links = append(links, form.AttrOr("action", here)+"?"+values.Encode())
			}
		}
	})
	return answer, links
}

// guess asks every address with an id for what accuses, by its real id, and for
// one that never was: the answers are the same.
func (w *twin) guess(email string) {
	w.t.Helper()
	var hidden []string
	rows, err := w.super.Query(`SELECT complaint_id::text FROM complaint_exclusions UNION SELECT r.id::text FROM readings r JOIN complaint_exclusions USING (complaint_id)
		UNION SELECT e.id::text FROM escalations e WHERE unit_id <> $1`, w.people[email].UnitID)
	if err != nil {
		w.t.Fatal(err)
	}
	hidden = texts(w.t, rows)
	if len(hidden) < 3 {
		w.t.Fatalf("there are only %d ids to guess", len(hidden))
	}
	v := w.visitor(email)
	for _, r := range app.SiteMap(nil, app.Pages{}) {
		if r.Method != http.MethodGet || r.Surface != web.Staff || !strings.Contains(r.Path, ":") {
			continue
		}
		fill := func(key string) string {
			path := strings.ReplaceAll(strings.ReplaceAll(r.Path, ":id", key), ":complaint", key)
			w.deed("guess %s", r.Path)
			res := v.do(w.t, httptest.NewRequest(http.MethodGet, path, nil))
			body, err := io.ReadAll(res.Body)
			if err != nil {
				w.t.Fatal(err)
			}
			return fmt.Sprint(res.StatusCode, strings.ReplaceAll(string(body), key, "ID"))
		}
		never := fill("0190aaaa-0000-7000-8000-000000000009")
		for _, key := range hidden {
			if got := fill(key); got != never {
				w.t.Errorf("%s: %s tells that an id exists%s", email, r.Path, differ(got, never))
			}
		}
	}
}

func texts(t *testing.T, rows *sql.Rows) (all []string) {
	t.Helper()
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}
