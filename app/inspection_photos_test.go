package app_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhoGoesThereAttachesPhotographsThatTheAgencyNeverSees(t *testing.T) {
	s := openInspected(t, true)
	path := s.plan(t)
	s.inspector.fill(t, path, path+"/visit", s.day("visited_on", 0), http.StatusSeeOther)
	photo := func(v *visitor, data []byte) *http.Response {
		return v.attach(t, path, path+"/photos", map[string]string{"kind": "inspection_photo"}, sentFile{"file", "room.png", "image/png", data})
	}

	res := photo(s.inspector, []byte("no picture"))
	page := document(t, res.Body)
	if res.StatusCode != http.StatusUnprocessableEntity || page.Find("#file-error").Length() != 1 || page.Find(".govuk-error-summary a[href='#file']").Length() != 1 {
		t.Errorf("what is no picture: %d %s", res.StatusCode, page.Find(".govuk-error-summary").Text())
	}
	for range 2 {
		if res := photo(s.inspector, picture(t)); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("attaching: %d", res.StatusCode)
		}
	}
	// The second officer does not go there.
	if res := photo(s.second, picture(t)); res.StatusCode != http.StatusConflict {
		t.Errorf("somebody who was not there attaches: %d", res.StatusCode)
	}
	_, page = s.second.get(t, path)
	wantText(t, page, "Photographs", "by Officer inspector")
	if page.Find(`form[action*="/photos"]`).Length() != 0 {
		t.Error("they are offered to take one back")
	}
	images := page.Find(`.fp-photos img`)
	if images.Length() != 2 {
		t.Fatalf("%d photographs", images.Length())
	}
	if status, _ := s.second.get(t, images.First().AttrOr("src", "")); status != http.StatusOK {
		t.Errorf("looking at one: %d", status)
	}
	_, page = s.inspector.get(t, path)
	back := page.Find(`form[action$="/remove"]`).First().AttrOr("action", "")
	if res := s.inspector.send(t, path, back, url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("taking one back: %d", res.StatusCode)
	}

	s.inspector.fill(t, path, path, sheet(t, s.inspector, path), http.StatusSeeOther)
	s.second.fill(t, path+"/send", path+"/send", url.Values{}, http.StatusSeeOther)
	if res := photo(s.inspector, picture(t)); res.StatusCode != http.StatusConflict {
		t.Errorf("attached after it was sent: %d", res.StatusCode)
	}
	_, page = s.second.get(t, path+"/report")
	one, _ := page.Find(`.fp-photos a`).Attr("href")
	if page.Find(`.fp-photos img`).Length() != 1 {
		t.Error("the report does not have the one that is left")
	}
	_, page = s.head.get(t, "/agency/timeline")
	wantText(t, page, "Asked to reply to an inspection")
	if n := s.count(`SELECT count(*) FROM deliveries d JOIN agency_notices n ON n.id = d.notice_id WHERE n.kind = 'inspection'`); n != 1 {
		t.Errorf("%d heads are told of it, want one", n)
	}
	_, page = s.head.get(t, atAgency(path))
	if strings.Contains(page.Find("main").Text(), "hotograph") {
		t.Error("the agency is told of photographs")
	}
	for _, address := range []string{one, one + "/pages/1"} {
		if status, _ := s.head.get(t, address); status != http.StatusNotFound {
			t.Errorf("the agency opens %s: %d", address, status)
		}
	}
}
