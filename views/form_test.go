package views

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
)

// Messages that stand in for those of a page.
const (
	formEn = `{"q.phone.label": "Phone", "q.phone.hint": "With country code", "q.where.label": "Where", "q.left.label": "Left on",
	"q.story.label": "Story", "q.home": "At home", "q.away": "Away", "q.away.hint": "In any country", "q.own": "That number is ours"}`
	formPage = `{{define "title"}}T{{end}}{{define "main"}}
{{template "error_summary" (summary .Page.Form)}}
{{template "date_input" (field .Page.Form "left" "q.left")}}
{{template "radios" (field .Page.Form "where" "q.where" "heading" true "options" (options "home" "q.home" "away" "q.away"))}}
{{template "checkboxes" (field .Page.Form "who" "q.where" "options" .Page.Who)}}
{{template "select" (field .Page.Form "pick" "q.where" "options" (options "home" "q.home" "away" "q.away"))}}
{{template "input" (field .Page.Form "phone" "q.phone" "type" "tel" "autocomplete" "off" "width" 20 "prefix" "+")}}
{{template "input" (field .Page.Form "password" "q.phone" "type" "password")}}
{{template "textarea" (field .Page.Form "story" "q.story" "rows" 8 "optional" true)}}
{{template "csrf" .Frame}}{{template "hidden" (hidden "step" 3)}}{{template "button" "common.continue"}}
{{end}}`
)

type formed struct {
	Form
	Who []Option
}

func formSite(t *testing.T, text string) *Views {
	t.Helper()
	files := siteFiles(t, map[string]string{"x/form": text})
	for _, lang := range []string{"en", "km"} {
		files["locales/"+lang+"/q.json"] = &fstest.MapFile{Data: []byte(formEn)}
	}
	v, err := build(files, built())
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	return v
}

func failedForm() formed {
	return formed{
		Form: Form{
			Values: map[string][]string{
				"phone": {`012 "000" 000`}, "where": {"away"}, "who": {"a", "c"}, "pick": {"away"},
				"left_day": {"31"}, "left_month": {"2"}, "left_year": {"2026"}, "story": {"a\nb"}, "password": {"secret"},
			},
			Errors: map[string]string{"story": "form.too_long", "phone": "q.own", "left_day": "form.date", "left_month": "form.date", "extra": "form.encoding"},
			Args:   map[string]map[string]any{"story": {"Max": 200}},
		},
		Who: []Option{{Value: "a", Text: "Agency A"}, {Value: "b", Text: "Agency B"}, {Value: "c", Text: "None", Apart: true}},
	}
}

func TestTheErrorSummaryFollowsThePageAndLeadsToTheFields(t *testing.T) {
	doc := rendered(t, formSite(t, formPage), "en", "x/form", failedForm())
	var got []string
	doc.Find(".govuk-error-summary a").Each(func(_ int, a *goquery.Selection) {
		href := a.AttrOr("href", "")
		got = append(got, href+" "+a.Text())
		if href != "#extra" && doc.Find("input"+href+", textarea"+href).Length() != 1 {
			t.Errorf("%s leads to no field", href)
		}
	})
	want := []string{
		"#left Left on – Write a real date, such as 27 3 2026",
		"#phone That number is ours",
		"#story Story – Make this shorter: at most 200 characters",
		"#extra Some letters could not be read. Please type them again",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if title := doc.Find("title").Text(); !strings.HasPrefix(title, "Error: T") {
		t.Errorf("title %q does not say that there is an error", title)
	}
}

func TestAFailedFormKeepsItsValues(t *testing.T) {
	doc := rendered(t, formSite(t, formPage), "en", "x/form", failedForm())
	checks := map[string]string{
		"phone": doc.Find("#phone").AttrOr("value", ""), "day": doc.Find("#left").AttrOr("value", ""),
		"year": doc.Find("#left-year").AttrOr("value", ""), "story": doc.Find("#story").Text(),
		"where": doc.Find("[name=where][checked]").AttrOr("value", ""), "pick": doc.Find("#pick option[selected]").AttrOr("value", ""),
	}
	want := map[string]string{"phone": `012 "000" 000`, "day": "31", "year": "2026", "story": "a\nb", "where": "away", "pick": "away"}
	if diff := cmp.Diff(want, checks); diff != "" {
		t.Error(diff)
	}
	if n := doc.Find("[name=who][checked]").Length(); n != 2 {
		t.Errorf("%d boxes ticked, want 2", n)
	}
	if doc.Find("#password").AttrOr("value", "") != "" {
		t.Error("a password was sent back")
	}
}

func TestFieldsAreNamedAndDescribedForEveryReader(t *testing.T) {
	doc := rendered(t, formSite(t, formPage), "en", "x/form", failedForm())
	phone := doc.Find("#phone")
	if got := phone.AttrOr("aria-describedby", ""); got != "phone-hint phone-error" {
		t.Errorf("phone is described by %q", got)
	}
	if phone.AttrOr("aria-invalid", "") != "true" || phone.AttrOr("autocomplete", "") != "off" {
		t.Error("phone is not marked invalid, or a browser may remember it")
	}
	if doc.Find("legend h1").Text() != "Where" {
		t.Errorf("the heading is %q", doc.Find("legend h1").Text())
	}
	doc.Find("main input:not([type=hidden]), main select, main textarea").Each(func(_ int, in *goquery.Selection) {
		if doc.Find(`label[for="`+in.AttrOr("id", "")+`"]`).Length() != 1 {
			t.Errorf("field %q has no label", in.AttrOr("id", ""))
		}
	})
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, at *goquery.Selection) {
		id := at.AttrOr("id", "")
		if seen[id] {
			t.Errorf("the id %q is there twice", id)
		}
		seen[id] = true
	})
	doc.Find("[aria-describedby]").Each(func(_ int, at *goquery.Selection) {
		for _, id := range strings.Fields(at.AttrOr("aria-describedby", "")) {
			if !seen[id] {
				t.Errorf("%q describes something and does not exist", id)
			}
		}
	})
}

func TestAFormWithoutErrorsHasNoSummary(t *testing.T) {
	doc := rendered(t, formSite(t, formPage), "en", "x/form", formed{})
	if doc.Find(".govuk-error-summary, .govuk-error-message, [aria-invalid]").Length() > 0 || strings.HasPrefix(doc.Find("title").Text(), "Error") {
		t.Error("a fresh form speaks of errors")
	}
	if doc.Find("[name=_csrf]").AttrOr("value", "") != "token" || doc.Find("[name=step]").AttrOr("value", "") != "3" {
		t.Error("hidden fields are missing")
	}
}

func TestAMisspeltFieldOptionIsAnError(t *testing.T) {
	for _, call := range []string{`"autocompleet" "off"`, `"width" "20"`, `"rows"`, `"options" "a"`, `"args" 1`} {
		v := formSite(t, page("T", `{{template "input" (field .Page.Form "phone" "q.phone" `+call+`)}}`))
		if err := v.Render(&strings.Builder{}, "en", "x/form", Data{Frame: framed(v, "en", SurfacePublic), Page: formed{}}); err == nil {
			t.Errorf("option %s was taken", call)
		}
	}
}

func TestAReceiptIsReadInGroupsOfFour(t *testing.T) {
	v := site(t, map[string]string{"x/one": page("T", `{{template "receipt" "ABCD-EFGH-JKMN-PQ"}}`)})
	var got []string
	rendered(t, v, "en", "x/one", nil).Find(".fp-receipt__code span").Each(func(_ int, s *goquery.Selection) { got = append(got, s.Text()) })
	if diff := cmp.Diff([]string{"ABCD", "EFGH", "JKMN", "PQ"}, got); diff != "" {
		t.Error(diff)
	}
}
