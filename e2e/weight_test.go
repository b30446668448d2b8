package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
)

// heaviest is what a first visit may cost somebody on a slow line, in bytes.
const heaviest = 100_000

func TestTheFirstPageIsLight(t *testing.T) {
	p := sharedRun(t)
	for _, test := range []struct {
		lang  string
		limit float64
		fonts bool
	}{
		{lang: "en", limit: heaviest},
		{lang: "km", limit: 2 * heaviest, fonts: true},
	} {
		b := open(t, p.url, phone, withoutScript, preferring(test.lang))
		b.visit("/")
		if !evaluate[bool](b, `document.fonts.ready.then(() => true)`) {
			t.Fatal("the fonts do not come")
		}
		asked := b.since(0)
		fonts := 0
		for _, r := range asked {
			if r.kind == network.ResourceTypeFont || strings.Contains(r.url, ".woff") {
				fonts++
			}
		}
		if (fonts > 0) != test.fonts {
			t.Errorf("in %s the page asks for %d fonts", test.lang, fonts)
		}
		weight := b.weight(asked)
		t.Logf("%s: %.1f kB in %d requests", test.lang, weight/1000, len(asked))
		if weight == 0 || weight > test.limit {
			t.Errorf("the first page in %s weighs %.0f bytes, not at most %.0f", test.lang, weight, test.limit)
		}
	}
}
