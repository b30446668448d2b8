package views

import (
	"bytes"
	"compress/gzip"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// withBuild is the views with the front end as it is built.
func withBuild(t *testing.T) *Views {
	t.Helper()
	v, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Asset("public.css"); err != nil {
		t.Fatal(err)
	}
	return v
}

// sent is how many bytes of an address travel to a browser that takes gzip.
func sent(t *testing.T, v *Views, address string) int {
	t.Helper()
	body, gz, _, ok := v.OpenAsset(address)
	if !ok {
		t.Fatalf("no asset at %s", address)
	}
	if gz != nil {
		return len(gz)
	}
	return len(body)
}

func TestAFirstVisitIsLight(t *testing.T) {
	const most = 100_000 // bytes, fonts included
	v := withBuild(t)
	for _, lang := range v.words.Languages() {
		var out bytes.Buffer
		data := Data{Frame: framed(v, lang, SurfacePublic), Page: Problem{}}
		if err := v.Render(&out, lang, "problem/404", data); err != nil {
			t.Fatal(err)
		}
		total := out.Len()
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		doc.Find("link[href], img[src], script[src]").Each(func(_ int, at *goquery.Selection) {
			total += sent(t, v, at.AttrOr("href", at.AttrOr("src", "")))
		})
		if lang == "km" {
			for _, font := range []string{"khmer-400.woff2", "khmer-700.woff2"} {
				address, err := v.Asset(font)
				if err != nil {
					t.Fatal(err)
				}
				total += sent(t, v, address)
			}
		}
		if total > most {
			t.Errorf("%s: a first visit takes %d bytes, at most %d", lang, total, most)
		}
	}
}

func TestStylesFetchNothingFromElsewhere(t *testing.T) {
	fetch := regexp.MustCompile(`url\([^)]*\)|@import[^;]*`)
	ours := regexp.MustCompile(`^url\("?[\w.-]+"?\)$`)
	v := withBuild(t)
	for _, name := range []string{"public.css", "khmer.css", "staff.css"} {
		address, err := v.Asset(name)
		if err != nil {
			t.Fatal(err)
		}
		body, gz, kind, _ := v.OpenAsset(address)
		for _, fetched := range fetch.FindAllString(string(body), -1) {
			if !ours.MatchString(fetched) {
				t.Errorf("%s fetches %s", name, fetched)
			}
		}
		if kind != "text/css; charset=utf-8" {
			t.Errorf("%s is served as %s", name, kind)
		}
		r, err := gzip.NewReader(bytes.NewReader(gz))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var plain bytes.Buffer
		if _, err := plain.ReadFrom(r); err != nil || !bytes.Equal(plain.Bytes(), body) {
			t.Errorf("%s and its gzip form differ (%v)", name, err)
		}
	}
}

func TestTheFontIsForKhmerLettersAlone(t *testing.T) {
	v := withBuild(t)
	address, err := v.Asset("public.css")
	if err != nil {
		t.Fatal(err)
	}
	body, _, _, _ := v.OpenAsset(address)
	faces := strings.Split(string(body), "@font-face")[1:]
	if len(faces) != 2 {
		t.Fatalf("%d fonts, want the two weights of one", len(faces))
	}
	for _, face := range faces {
		if rule := face[:strings.Index(face, "}")]; !strings.Contains(rule, "unicode-range:U+1780-17") {
			t.Errorf("a font without a range is fetched by every page: %s", rule)
		}
	}
}
