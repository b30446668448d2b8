package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAHeadLooksAfterTheClerksOfTheirAgency(t *testing.T) {
	s := openCounter(t)
	head := s.signIn(t, "head@sample.example")
	_, list := head.get(t, "/agency/people")
	wantText(t, list, "A Person", "head@sample.example", "clerk@sample.example", "Dismiss")
	if n := list.Find(`form[action$="/dismiss"]`).Length(); n != 1 {
		t.Errorf("%d people can be dismissed, want the clerk", n)
	}

	bad := head.send(t, "/agency/people/invite", "/agency/people/invite", url.Values{"name": {"Sok Sophea"}, "sign_in": {"not a name"}, "language": {"km"}})
	page := document(t, bad.Body)
	wantText(t, page, "Use 2 to 40 small letters, digits, dots and dashes")
	if kept, _ := page.Find(`input[name="name"]`).Attr("value"); bad.StatusCode != http.StatusUnprocessableEntity || kept != "Sok Sophea" {
		t.Errorf("status %d, kept %q", bad.StatusCode, kept)
	}

	res := head.send(t, "/agency/people/invite", "/agency/people/invite", url.Values{"name": {"Sok Sophea"}, "sign_in": {"sophea"}, "language": {"km"}})
	page = document(t, res.Body)
	code := strings.TrimSpace(page.Find(".fp-code").Text())
	if res.StatusCode != http.StatusOK || len(code) < 26 {
		t.Fatalf("status %d, code of %d", res.StatusCode, len(code))
	}
	wantText(t, page, "sophea@sample")
	_, list = head.get(t, "/agency/people")
	wantText(t, list, "Sok Sophea", "sophea@sample", "Invited")
	if strings.Contains(list.Text(), code) {
		t.Error("the code is shown twice")
	}

	again, _ := list.Find(`form[action$="/invitation"]`).Attr("action")
	res = head.send(t, "/agency/people", again, url.Values{})
	if other := strings.TrimSpace(document(t, res.Body).Find(".fp-code").Text()); res.StatusCode != http.StatusOK || other == code {
		t.Errorf("another code: %d", res.StatusCode)
	}
	res = head.send(t, "/agency/people", strings.Replace(again, "/invitation", "/dismiss", 1), url.Values{})
	if res.StatusCode != http.StatusSeeOther {
		t.Errorf("dismissing: %d", res.StatusCode)
	}
	if _, list = head.get(t, "/agency/people"); strings.Contains(list.Text(), "Sok Sophea") {
		t.Error("whoever was dismissed is on the list")
	}
}

func TestOnlyAHeadSeesThePeopleOfAnAgency(t *testing.T) {
	s := openCounter(t)
	var clerk string
	if err := s.db.Super(t).QueryRow(`SELECT id FROM people WHERE email = 'clerk@sample.example'`).Scan(&clerk); err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"clerk@sample.example", "officer@ministry.example"} {
		v := s.signIn(t, email)
		for _, path := range []string{"/agency/people", "/agency/people/invite"} {
			if status, _ := v.get(t, path); status != http.StatusNotFound {
				t.Errorf("%s sees %s: %d", email, path, status)
			}
		}
		if res := v.send(t, "/account", "/agency/people/"+clerk+"/dismiss", url.Values{}); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s dismisses: %d", email, res.StatusCode)
		}
	}
}
