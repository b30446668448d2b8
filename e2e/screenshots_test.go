package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// screenshotFolder is where `make screenshots` wants pictures; "" wants none.
func screenshotFolder() string { return os.Getenv("SCREENSHOTS_DIR") }

// photograph takes a picture of every key page, in each language and at each
// width, and of the screens of the form.
func photograph(t *testing.T, run *portal, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	shoot := func(b *tab, p keyPage, lang string) {
		t.Helper()
		for _, width := range []int64{phone, desktop} {
			b.resize(width)
			// Fonts are asked for when the page is laid out, not before.
			evaluate[bool](b, `new Promise(laidOut => requestAnimationFrame(() => requestAnimationFrame(laidOut))).then(() => document.fonts.ready).then(() => true)`)
			// The whole page as if on one tall screen: what is fixed to the
			// window's edge stays at the edge.
			b.resizeTo(width, evaluate[int64](b, `document.documentElement.scrollHeight`))
			picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, fileOf(p, lang, width)), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		b.resize(phone)
	}
	tour(t, run, nil, func(t *testing.T, b *tab, p keyPage, lang string) {
		t.Helper()
		shoot(b, p, lang)
	})
	for _, lang := range languages {
		b := open(t, run.url, phone)
		b.visit("/")
		b.speak(lang)
		told := workplaceStory("golden ladder", "They keep my passport and I may not leave the yard.", "Example Delta", "+855 49 100 300")
		told["safe"]["safe"] = []string{"danger"}
		told["act"]["may_act"] = []string{"labour_desk"} // somebody is left to allow later
		receipt := b.tell(told, func(step string) { shoot(b, keyPage{name: "complaint-step-" + step}, lang) })
		b.press(send)
		shoot(b, keyPage{name: "complaint-sent"}, lang)
		b.visit("/complaints/check")
		b.say("receipt", "not a receipt")
		b.press(`main form button[type="submit"]`)
		shoot(b, keyPage{name: "complaint-check-mistyped"}, lang)
		b.say("receipt", receipt)
		b.press(`main form button[type="submit"]`)
		shoot(b, keyPage{name: "complaint-mine"}, lang)
		b.visit("/complaints/mine/consent")
		b.press(`main form button[type="submit"]`)
		shoot(b, keyPage{name: "complaint-consent"}, lang)
	}
}
