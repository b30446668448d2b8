package app_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/subscription"
	"github.com/google/uuid"
)

// post sends the letters that are promised, and returns the link of the last one.
func (l *licensed) post() string {
	l.t.Helper()
	l.db.Keep(l.t, subscription.TopicMail, l.subscriptions.Send)
	if len(l.mailbox.letters) == 0 {
		l.t.Fatal("no letter came")
	}
	last := l.mailbox.letters[len(l.mailbox.letters)-1]
	return regexp.MustCompile(`/changes/\S+`).FindString(last.Text)
}

func (l *licensed) round() {
	l.t.Helper()
	if err := l.subscriptions.Round(l.t.Context()); err != nil {
		l.t.Fatal(err)
	}
}

func (l *licensed) slug() (slug string) {
	l.t.Helper()
	if err := l.super.QueryRow(`SELECT slug FROM agencies WHERE id = $1`, l.agency).Scan(&slug); err != nil {
		l.t.Fatal(err)
	}
	return slug
}

func TestWhoeverWatchesAnAgencyIsToldOfEveryChangeUntilTheyEndIt(t *testing.T) {
	l := openLicensed(t)
	anybody := l.visitor("")
	_, page := anybody.get(t, "/agencies/"+l.slug())
	form, there := page.Find(`a[href^="/changes?agency="]`).Attr("href")
	if !there {
		t.Fatal("the page of the agency does not lead there")
	}
	ask := func(email string) *http.Response {
		return anybody.send(t, form, "/changes", url.Values{"slug": {l.slug()}, "email": {email}})
	}
	for _, wrong := range []string{"", "no address", "a@b\r\nBcc: c@d.example", "A Name <a@b.example>", strings.Repeat("x", 300) + "@b.example"} {
		res := ask(wrong)
		page := document(t, res.Body)
		if res.StatusCode != http.StatusUnprocessableEntity || page.Find("#email-error").Length() != 1 {
			t.Errorf("%q: %d", wrong, res.StatusCode)
		}
	}
	for range 3 { // impatient
		if res := ask("Family@Village.example "); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("asking: %d", res.StatusCode)
		}
	}
	link := l.post()
	if letters := l.mailbox.letters; len(letters) != 1 || letters[0].To != "family@village.example" || strings.Contains(letters[0].Text+letters[0].Subject, "Sample") {
		t.Fatalf("%+v", letters)
	}
	// Nobody is told before the address is confirmed, and to look confirms nothing.
	_, page = anybody.get(t, link)
	wantText(t, page, "Do you want letters")
	l.exec(`INSERT INTO licence_events (id, agency_id, kind, on_day, reason) VALUES ($1, $2, 'suspended', $3, '')`, uuid.New(), l.agency, l.clock.Now())
	l.round()
	if n := l.count(`SELECT count(*) FROM subscription_letters WHERE kind = 'changed'`); n != 0 {
		t.Error("somebody is told who did not confirm")
	}
	for range 2 {
		if res := anybody.send(t, link, link+"/confirm", url.Values{}); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("confirming: %d", res.StatusCode)
		}
	}
	l.round()
	if l.post(); len(l.mailbox.letters) != 1 {
		t.Error("they are told of what was so when they asked")
	}
	l.exec(`INSERT INTO licence_events (id, agency_id, kind, on_day, reason) VALUES ($1, $2, 'reinstated', $3, '')`, uuid.New(), l.agency, l.clock.Now())
	l.round()
	l.round()
	if again := l.post(); len(l.mailbox.letters) != 2 || again != link || strings.Contains(l.mailbox.letters[1].Text, "Sample") {
		t.Errorf("%d letters", len(l.mailbox.letters))
	}
	// The end of a licence is a change that nobody makes.
	l.clock.Set(l.clock.Now().AddDate(3, 0, 0))
	l.round()
	if l.post(); len(l.mailbox.letters) != 3 {
		t.Error("the licence ended and nobody is told")
	}
	_, page = anybody.get(t, link)
	wantText(t, page, "You get a letter when this entry changes")
	if res := anybody.send(t, link, link+"/end", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("ending: %d", res.StatusCode)
	}
	if l.count(`SELECT count(*) FROM subscriptions`)+l.count(`SELECT count(*) FROM subscription_letters`) != 0 {
		t.Error("the address is not forgotten")
	}
	if status, page := anybody.get(t, link); status != http.StatusGone || !strings.Contains(page.Find("main").Text(), "leads nowhere") {
		t.Errorf("a link that is over: %d", status)
	}
}

func TestAMailProgramEndsLettersWithOneRequestAndNoCookie(t *testing.T) {
	l := openLicensed(t)
	anybody := l.visitor("")
	anybody.send(t, "/changes?agency="+l.slug(), "/changes", url.Values{"slug": {l.slug()}, "email": {"family@village.example"}})
	link := l.post()
	end := l.mailbox.letters[0].End
	if !strings.HasSuffix(end, link+"/one-click") {
		t.Fatalf("the letter ends at %q", end)
	}
	post := func(body string) int {
		t.Helper()
		req := httptest.NewRequest(http.MethodPost, link+"/one-click", strings.NewReader(body))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := l.server.Test(req, -1)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	if status, _ := anybody.get(t, link+"/one-click"); status != http.StatusNotFound && status != http.StatusMethodNotAllowed || l.count(`SELECT count(*) FROM subscriptions`) != 1 {
		t.Errorf("a visit to it ends something: %d", status)
	}
	if status := post("List-Unsubscribe=Perhaps"); status != http.StatusBadRequest || l.count(`SELECT count(*) FROM subscriptions`) != 1 {
		t.Errorf("another request: %d", status)
	}
	for range 2 {
		if status := post("List-Unsubscribe=One-Click"); status != http.StatusNoContent {
			t.Errorf("one click: %d", status)
		}
	}
	if n := l.count(`SELECT count(*) FROM subscriptions`); n != 0 {
		t.Errorf("%d addresses are left", n)
	}
}

func TestAnAddressIsSealedForgottenUnconfirmedAndNotFloodedWithLetters(t *testing.T) {
	l := openLicensed(t)
	anybody := l.visitor("")
	ask := func(email string) int {
		return anybody.send(t, "/changes?agency="+l.slug(), "/changes", url.Values{"slug": {l.slug()}, "email": {email}}).StatusCode
	}
	ask("family@village.example")
	l.post()
	if n := l.count(`SELECT count(*) FROM subscriptions s, subscription_letters m, promises p WHERE (s::text || m::text || p::text) LIKE '%village%'`); n != 0 || strings.Contains(l.log.String(), "village") {
		t.Error("the address is in the record, or in the log")
	}
	l.clock.Set(l.clock.Now().Add(11 * time.Minute))
	if ask("family@village.example"); l.count(`SELECT count(*) FROM subscription_letters`) != 2 {
		t.Error("a letter that was lost is not sent again")
	}
	l.exec(`INSERT INTO subscription_letters (id, subscription_id, kind, made_at) SELECT gen_random_uuid(), s.id, 'confirm', $1 FROM subscriptions s, generate_series(1, 300)`, l.clock.Now())
	if status := ask("other@village.example"); status != http.StatusTooManyRequests {
		t.Errorf("a flood: %d", status)
	}
	l.clock.Set(l.clock.Now().Add(49 * time.Hour))
	l.round()
	if n := l.count(`SELECT count(*) FROM subscriptions`); n != 0 {
		t.Error("an address that nobody confirmed is kept")
	}
	for _, token := range []string{"x", strings.Repeat("A", 64), "%00", "../admin"} {
		if status, _ := anybody.get(t, "/changes/"+token); status != http.StatusNotFound {
			t.Errorf("%q: %d", token, status)
		}
	}
}
