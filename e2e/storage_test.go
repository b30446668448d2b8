package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// kept is what a page could have left in this browser.
const kept = `(async () => {
	const left = [];
	for (const [name, store] of [["localStorage", localStorage], ["sessionStorage", sessionStorage]])
		for (let i = 0; i < store.length; i++) left.push(name + " " + store.key(i));
	if (self.caches) for (const key of await caches.keys()) left.push("cache " + key);
	for (const base of await indexedDB.databases()) left.push("indexedDB " + base.name);
	if (navigator.serviceWorker) for (const w of await navigator.serviceWorker.getRegistrations()) left.push("worker " + w.scope);
	return left.join(", ");
})()`

// leftNothing holds that a shared phone keeps nothing of the visit but cookies
// that go when the browser closes.
func leftNothing(t *testing.T, b *tab) {
	t.Helper()
	if left := b.read(kept); left != "" {
		t.Errorf("the browser keeps %s", left)
	}
	context := chromedp.FromContext(b.ctx).BrowserContextID
	got, err := chromedp.CallBrowser(b.ctx, storage.GetCookies, storage.GetCookiesParams{BrowserContextID: cdp.BrowserContextID(context)})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range got.Cookies {
		if !c.Session {
			t.Errorf("the cookie %s outlives the browser", c.Name)
		}
		if !c.HTTPOnly || c.Domain != "localhost" || c.Path != "/" {
			t.Errorf("the cookie %s: HttpOnly %v, domain %q, path %q", c.Name, c.HTTPOnly, c.Domain, c.Path)
		}
	}
}

// With scripts allowed there are more places to leave things in.
func TestNothingStaysOnASharedPhone(t *testing.T) {
	p := sharedRun(t)
	b := open(t, p.url, phone)
	b.tell(story{"words": {"narrative": {"They keep my passport."}}}, nil)
	b.press(send)
	receipt := b.text(".fp-receipt__code")
	leftNothing(t, b)
	b.visit("/complaints/check")
	b.say("receipt", receipt)
	b.press(`main form button[type="submit"]`)
	leftNothing(t, b)
	b.press(`.fp-exit__link`)
	if b.path() != "/leave" {
		t.Fatalf("the exit control leads to %s", b.path())
	}
	leftNothing(t, b)
	b.visit("/complaints/mine")
	if b.path() != "/complaints/check" {
		t.Errorf("after leaving, the complaint still stands open at %s", b.path())
	}
}
