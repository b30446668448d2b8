package views

import (
	"path"
	"regexp"
	"sort"
	"strings"
	"testing"
	"testing/fstest"
	"text/template/parse"

	"github.com/google/go-cmp/cmp"
)

func TestCatalogueHasEveryMessageInEveryLanguage(t *testing.T) {
	for _, gap := range MissingMessages() {
		t.Errorf("missing message: %s", gap)
	}
}

func TestCatalogueMessagesTakeTheSameArgumentsInEveryLanguage(t *testing.T) {
	c, err := NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	argument := regexp.MustCompile(`\.[A-Z]\w*`)
	taken := func(lang, key string) string {
		m := c.messages[lang][key]
		set := map[string]bool{}
		for _, form := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
			for _, action := range strings.Split(form, "{{")[1:] {
				for _, name := range argument.FindAllString(strings.SplitN(action, "}}", 2)[0], -1) {
					set[name] = true
				}
			}
		}
		names := make([]string, 0, len(set))
		for name := range set {
			names = append(names, name)
		}
		sort.Strings(names)
		return strings.Join(names, " ")
	}
	first := c.Languages()[0]
	for key := range c.messages[first] {
		for _, lang := range c.Languages()[1:] {
			if !c.Has(lang, key) {
				continue
			}
			if a, b := taken(first, key), taken(lang, key); a != b {
				t.Errorf("%s: arguments %q in %s, %q in %s", key, a, first, b, lang)
			}
		}
	}
}

func TestCatalogueHasEveryMessageThatTemplatesName(t *testing.T) {
	v, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for lang, pages := range v.pages {
		for name, page := range pages {
			for _, tmpl := range page.Templates() {
				eachCall(tmpl.Tree, func(call *parse.CommandNode) {
					for _, key := range namedKeys(call) {
						if !v.words.Has(lang, key) {
							t.Errorf("page %s, block %s, language %s: no message %q", name, tmpl.Name(), lang, key)
						}
					}
				})
			}
		}
	}
}

// namedKeys lists the message keys that a call names literally.
func namedKeys(call *parse.CommandNode) []string {
	literal := func(i int) []string {
		if i < len(call.Args) {
			if s, ok := call.Args[i].(*parse.StringNode); ok {
				return []string{s.Text}
			}
		}
		return nil
	}
	var keys []string
	switch callee(call) {
	case "t":
		keys = literal(1)
	case "field":
		for _, key := range literal(3) {
			keys = append(keys, key+".label")
		}
	case "options":
		for i := 2; i < len(call.Args); i += 2 {
			keys = append(keys, literal(i)...)
		}
	}
	return keys
}

func TestEveryPageDefinesTitleAndMain(t *testing.T) {
	v, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range v.pages["en"] {
		for _, block := range []string{"title", "main"} {
			if page.Lookup(block) == nil {
				t.Errorf("page %s defines no block %q", name, block)
			}
		}
	}
}

func TestEveryProblemPageRendersInEveryLanguage(t *testing.T) {
	v, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range v.words.Languages() {
		for name := range v.pages[lang] {
			if path.Dir(name) != "problem" {
				continue
			}
			var out strings.Builder
			data := Data{Frame: framed(v, lang, SurfacePublic), Page: Problem{Incident: "0190-example"}}
			if err := v.Render(&out, lang, name, data); err != nil {
				t.Error(err)
			} else if !strings.Contains(out.String(), "0190-example") {
				t.Errorf("%s in %s does not show the incident", name, lang)
			}
		}
	}
}

func TestTheNeutralPageDoesNotNameThePortal(t *testing.T) {
	v, err := New()
	if err != nil {
		t.Fatal(err)
	}
	text := rendered(t, v, "en", "neutral/leave", nil).Text()
	if strings.Contains(text, "Fairpassage") {
		t.Errorf("the neutral page reads %q", text)
	}
}

func invented(en, km string) (*Catalogue, error) {
	return readCatalogue(fstest.MapFS{
		"locales/en/a.json": {Data: []byte(en)}, "locales/km/a.json": {Data: []byte(km)},
		"locales/en/b.json": {Data: []byte(`{"b": "b"}`)}, "locales/km/b.json": {Data: []byte(`{"b": "b"}`)},
	}, "locales")
}

func TestPluralsAndNumbersOfAMessageFollowTheLanguage(t *testing.T) {
	c, err := invented(`{"found": {"one": "{{.Count}} agency", "other": "{{.Count}} agencies"}}`, `{"found": "ទីភ្នាក់ងារ {{.Count}}"}`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, lang := range []string{"en", "km"} {
		for _, n := range []int{1, 3293} {
			text, err := c.Text(lang, "found", "Count", n)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, text)
		}
	}
	want := []string{"1 agency", "3,293 agencies", "ទីភ្នាក់ងារ 1", "ទីភ្នាក់ងារ 3.293"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Mail lies open on its way and stays in mailboxes.
func TestALetterSaysThatSomethingWaitsAndNotWhat(t *testing.T) {
	c, err := NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "km"} {
		for _, step := range []string{"raised", "climbed"} {
			for _, part := range []string{"subject", "text"} {
				text, err := c.Text(lang, "mail."+step+"."+part, "URL", "")
				if err != nil {
					t.Fatal(err)
				}
				for _, tell := range []string{
					"complain", "red ", "urgent", "danger", "child", "first reading", "escalat", "case", "official", "police", "oversight", "agency",
					"បណ្តឹង", "ពាក្យបណ្តឹង", "ក្រហម", "បន្ទាន់", "គ្រោះថ្នាក់", "កុមារ", "ក្មេង", "នគរបាល", "ប៉ូលិស", "មន្ត្រី", "ភ្នាក់ងារ",
				} {
					if strings.Contains(strings.ToLower(text), tell) {
						t.Errorf("%s, %s of %s says %q", lang, part, step, tell)
					}
				}
			}
		}
	}
}

func TestAMessageIsNeverGuessed(t *testing.T) {
	c, err := invented(`{"hello": "Hello {{.Name}}", "only.en": "x"}`, `{"hello": "សួស្តី {{.Name}}"}`)
	if err != nil {
		t.Fatal(err)
	}
	for what, call := range map[string]func() (string, error){
		"an argument left out":       func() (string, error) { return c.Text("en", "hello") },
		"an argument without value":  func() (string, error) { return c.Text("en", "hello", "Name") },
		"a key of another language":  func() (string, error) { return c.Text("km", "only.en") },
		"a language that is unknown": func() (string, error) { return c.Text("xx", "hello", "Name", "n") },
		"a name that is no text":     func() (string, error) { return c.Text("en", "hello", 1, 2) },
		"a count that is no number":  func() (string, error) { return c.Text("en", "hello", "Name", "n", "Count", []int{}) },
	} {
		if text, err := call(); err == nil {
			t.Errorf("%s gave %q", what, text)
		}
	}
	if diff := cmp.Diff([]string{"km only.en"}, c.missing()); diff != "" {
		t.Error(diff)
	}
}

func TestAKeyDefinedTwiceIsRefused(t *testing.T) {
	if _, err := invented(`{"b": "again"}`, `{}`); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("error %v, want one that says twice", err)
	}
}
