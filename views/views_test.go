package views

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// framed is what a visitor in that language gets around a page.
func framed(v *Views, lang, surface string) Frame {
	return Frame{Lang: lang, Path: "/", CSRF: "token", Surface: surface, Languages: v.LanguageSwitch(lang, "/agencies?q=a b")}
}

// site is a small site of its own: the real base and partials, two pages.
func site(t *testing.T, pages map[string]string) *Views {
	t.Helper()
	v, err := build(siteFiles(t, pages), built())
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	return v
}

func built() fstest.MapFS {
	return fstest.MapFS{
		"manifest.json":   {Data: []byte(`{"public.css":"public-1.css","khmer.css":"khmer-1.css","staff.css":"staff-1.css","staff.js":"staff-1.js","mark.svg":"mark-1.svg"}`)},
		"public-1.css":    {Data: []byte("body{}")},
		"public-1.css.gz": {Data: []byte("gz")},
	}
}

func siteFiles(t *testing.T, pages map[string]string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	real := []string{"base.html"}
	for _, folder := range []string{"partials", "locales/en", "locales/km"} {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatalf("read %s: %v", folder, err)
		}
		for _, e := range entries {
			real = append(real, folder+"/"+e.Name())
		}
	}
	for _, name := range real {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatalf("read %s: %v", name, err)
		}
		files[name] = &fstest.MapFile{Data: body}
	}
	for name, text := range pages {
		files[name+".html"] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func page(title, main string) string {
	return `{{define "title"}}` + title + `{{end}}{{define "main"}}` + main + `{{end}}`
}

func rendered(t *testing.T, v *Views, lang, name string, data any) *goquery.Document {
	t.Helper()
	var out strings.Builder
	if err := v.Render(&out, lang, name, Data{Frame: framed(v, lang, SurfacePublic), Page: data}); err != nil {
		t.Fatalf("render %s: %v", name, err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(out.String()))
	if err != nil {
		t.Fatalf("read page: %v", err)
	}
	return doc
}

func TestTheTitleOfOnePageDoesNotLeakIntoAnother(t *testing.T) {
	v := site(t, map[string]string{"x/one": page("First", "a"), "x/two": page("Second", "b")})
	for name, want := range map[string]string{"x/one": "First – Fairpassage", "x/two": "Second – Fairpassage"} {
		if got := rendered(t, v, "en", name, nil).Find("title").Text(); got != want {
			t.Errorf("title of %s = %q, want %q", name, got, want)
		}
	}
}

func TestAPageThatFailsWritesNothing(t *testing.T) {
	v := site(t, map[string]string{
		"x/absent": page("T", `before {{t "no.such.key"}}`),
		"x/map":    page("T", `before {{.Page.absent}}`),
	})
	for _, name := range []string{"x/absent", "x/map", "x/never"} {
		var out strings.Builder
		err := v.Render(&out, "en", name, Data{Frame: framed(v, "en", SurfacePublic), Page: map[string]any{}})
		if err == nil || out.Len() > 0 {
			t.Errorf("%s: error %v after %d bytes, want an error and no byte", name, err, out.Len())
		}
	}
}

func TestAnUnknownLanguageIsRefused(t *testing.T) {
	v := site(t, map[string]string{"x/one": page("T", "m")})
	if err := v.Render(&strings.Builder{}, "xx", "x/one", Data{}); err == nil {
		t.Error("rendered a page in a language that does not exist")
	}
}

func TestTextsAreEscaped(t *testing.T) {
	v := site(t, map[string]string{"x/one": page("T", `<p id="p">{{.Page}}</p>{{t "form.mistake" "Label" .Page "Message" ""}}`)})
	doc := rendered(t, v, "en", "x/one", `<script>x</script>`)
	if doc.Find("script").Length() > 0 {
		t.Error("a value became markup")
	}
}

func TestAPublicPageHoldsToItsPolicy(t *testing.T) {
	v := site(t, map[string]string{"x/one": page("T", "m")})
	doc := rendered(t, v, "km", "x/one", nil)
	if n := doc.Find("script, style, [style], [onclick], iframe").Length(); n > 0 {
		t.Errorf("%d elements that the content security policy of public pages refuses", n)
	}
	if doc.Find(`a[href="/leave"]`).Length() != 1 {
		t.Error("no exit control")
	}
	if doc.Find("html").AttrOr("lang", "") != "km" {
		t.Error("the page does not name its language")
	}
}

func TestOnlyPagesInKhmerLinkTheKhmerSheet(t *testing.T) {
	v := site(t, map[string]string{"x/one": page("T", "m")})
	for lang, want := range map[string]int{"en": 0, "km": 1} {
		if got := rendered(t, v, lang, "x/one", nil).Find(`link[href*="khmer"]`).Length(); got != want {
			t.Errorf("%s: %d Khmer sheets, want %d", lang, got, want)
		}
	}
}

func TestTheLanguageSwitchComesBackToThePage(t *testing.T) {
	v := site(t, map[string]string{"x/one": page("T", "m")})
	doc := rendered(t, v, "en", "x/one", nil)
	link := doc.Find(`.fp-languages a[lang="km"]`)
	if got, want := link.AttrOr("href", ""), "/language/km?back=%2Fagencies%3Fq%3Da+b"; got != want {
		t.Errorf("href = %q, want %q", got, want)
	}
	// Drawn: the word as text would make the page fetch the font.
	if got := link.Find("svg").AttrOr("aria-label", ""); got != "ខ្មែរ" || link.Text() != "" {
		t.Errorf("Khmer calls itself %q, in text %q", got, link.Text())
	}
}

func TestTheStaffFrameNamesThePersonAndHasNoExitControl(t *testing.T) {
	v := site(t, map[string]string{"x/one": page("T", "m")})
	frame := framed(v, "en", SurfaceStaff)
	frame.Actor = &Actor{Name: "Sok Example", UnitName: "Unit 1", RoleKey: "common.unknown", Home: "/police/escalations"}
	frame.Nav = []Link{{Key: "common.search", Href: "/s", Current: true}}
	frame.Demo, frame.Flash = true, "common.save"
	var out strings.Builder
	if err := v.Render(&out, "en", "x/one", Data{Frame: frame}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Sok Example", `href="/police/escalations"`, `aria-current="page"`, "staff-1.js", `value="token"`, "invented", `role="status"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the staff frame lacks %s", want)
		}
	}
	if strings.Contains(out.String(), "/leave") {
		t.Error("the staff frame has an exit control")
	}
}

func TestWithoutABuildTheErrorSaysWhatToRun(t *testing.T) {
	v, err := build(siteFiles(t, map[string]string{"x/one": page("T", "m")}), fstest.MapFS{".gitkeep": {}})
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	if _, err := v.Asset("public.css"); !errors.Is(err, ErrNoAssets) {
		t.Errorf("Asset: %v, want ErrNoAssets", err)
	}
	err = v.Render(&strings.Builder{}, "en", "x/one", Data{Frame: framed(v, "en", SurfacePublic)})
	if err == nil || !strings.Contains(err.Error(), "run make assets") {
		t.Errorf("Render: %v, want the command to run", err)
	}
}

func TestAssetsOpenByTheirHashedNameOnly(t *testing.T) {
	v := site(t, map[string]string{"x/one": page("T", "m")})
	address, err := v.Asset("public.css")
	if err != nil || address != "/assets/public-1.css" {
		t.Fatalf("Asset = %q, %v", address, err)
	}
	body, gz, kind, ok := v.OpenAsset(address)
	if !ok || string(body) != "body{}" || string(gz) != "gz" || kind != "text/css; charset=utf-8" {
		t.Errorf("OpenAsset = %q, %q, %q, %v", body, gz, kind, ok)
	}
	for _, name := range []string{"manifest.json", "public.css", "../base.html", "public-1.css.gz", ""} {
		if _, _, _, ok := v.OpenAsset(name); ok {
			t.Errorf("opened %q", name)
		}
	}
}

func TestHalfADateIsToldAsFarAsItIsKnown(t *testing.T) {
	words, err := NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang             string
		year, month, day int
		want             string
	}{
		{"en", 0, 0, 0, ""},
		{"en", 2025, 0, 0, "2025"},
		{"en", 2025, 3, 0, "March 2025"},
		{"en", 2025, 3, 14, "14 March 2025"},
		{"km", 2025, 3, 0, "ខែមីនា ឆ្នាំ 2025"},
	} {
		if got, err := words.PartialDate(c.lang, c.year, c.month, c.day); got != c.want || err != nil {
			t.Errorf("%d-%d-%d in %s is %q, %v; want %q", c.year, c.month, c.day, c.lang, got, err, c.want)
		}
	}
}

func TestDatesAndNumbersSpeakTheLanguage(t *testing.T) {
	c, err := NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	home := time.FixedZone("+07", 7*3600)
	late := time.Date(2026, 3, 14, 20, 5, 0, 0, time.UTC)
	birthday := time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		what string
		text func() (string, error)
		want string
	}{
		{"a moment falls on the day it has at home", func() (string, error) { return c.Date("en", late, home) }, "15 March 2026"},
		{"a calendar day is not moved", func() (string, error) { return c.Date("en", birthday, time.FixedZone("-05", -5*3600)) }, "14 March 2026"},
		{"Khmer months", func() (string, error) { return c.Date("km", birthday, home) }, "ថ្ងៃទី 14 ខែមីនា ឆ្នាំ 2026"},
		{"a moment names its zone", func() (string, error) { return c.DateTime("en", late, home) }, "15 March 2026, 03:05 (+07)"},
		{"no moment is no text", func() (string, error) { return c.DateTime("en", time.Time{}, home) }, ""},
		{"English thousands", func() (string, error) { return c.Number("en", 3293) }, "3,293"},
		{"Khmer thousands", func() (string, error) { return c.Number("km", 3293) }, "3.293"},
	} {
		got, err := tc.text()
		if err != nil || got != tc.want {
			t.Errorf("%s: %q, %v; want %q", tc.what, got, err, tc.want)
		}
	}
}
