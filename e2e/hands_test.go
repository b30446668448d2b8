package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// press clicks what the selector names, where a finger would, and waits for
// the next page.
func (b *tab) press(css string) {
	b.t.Helper()
	b.turn("press "+css, chromedp.Click(chromedp.CSS(css), chromedp.NodeVisible))
}

// say types into a field in place of what stands there.
func (b *tab) say(name, text string) {
	b.t.Helper()
	css := fmt.Sprintf(`main [name=%q]`, name)
	b.do("wait for "+name, chromedp.WaitVisible(chromedp.CSS(css)))
	evaluate[bool](b, fmt.Sprintf(`(e => { e.focus(); e.select(); return true })(document.querySelector(%q))`, css))
	b.do("type into "+name, chromedp.SendKeys(chromedp.CSS(css), text))
}

// tick chooses an answer by its label, as a finger would.
func (b *tab) tick(name, value string) {
	b.t.Helper()
	css := fmt.Sprintf(`label[for="%s"]`, b.read(fmt.Sprintf(`document.querySelector('main input[name=%q][value=%q]').id`, name, value)))
	b.do("choose "+value, chromedp.Click(chromedp.CSS(css), chromedp.NodeVisible))
	if b.read(fmt.Sprintf(`String(document.querySelector('main input[name=%q][value=%q]').checked)`, name, value)) != "true" {
		b.t.Fatalf("the label of %s does not choose %s", name, value)
	}
}

// choose takes an answer from a drop-down list by typing it, as a keyboard
// does.
func (b *tab) choose(name, value string) {
	b.t.Helper()
	list := fmt.Sprintf(`document.querySelector('main select[name=%q]')`, name)
	label := b.read(fmt.Sprintf(`[...%s.options].find(o => o.value === %q).text`, list, value))
	field := chromedp.CSS(fmt.Sprintf(`main select[name=%q]`, name))
	b.do("choose "+value, chromedp.SendKeys(field, label, chromedp.NodeVisible))
	if got := b.read(list + `.value`); got != value {
		b.t.Fatalf("typing %q into the list %s chooses %q, not %q", label, name, got, value)
	}
}

// read evaluates an expression that gives a text.
func (b *tab) read(expression string) string {
	b.t.Helper()
	return evaluate[string](b, expression)
}

func evaluate[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, tabPatience)
	defer cancel()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("read %s on %s: %v", expression, b.path(), err)
	}
	return got
}

// text is what a person reads in the first element of that kind; "" when there
// is none.
func (b *tab) text(css string) string {
	quoted, _ := json.Marshal(css)
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf(`(document.querySelector(%s) || {}).innerText || ""`, quoted)))
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(got), " ")
}

func (b *tab) has(css string) bool {
	b.t.Helper()
	quoted, _ := json.Marshal(css)
	return evaluate[bool](b, fmt.Sprintf(`document.querySelector(%s) !== null`, quoted))
}

func (b *tab) path() string {
	got, err := chromedp.Run(b.ctx, chromedp.Location())
	if err != nil {
		return "?"
	}
	return strings.TrimPrefix(got, b.base)
}

// until waits for an expression to become true without touching the page.
func (b *tab) until(what, expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 2*tabPatience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(0)))
	if err != nil {
		b.t.Fatalf("waited in vain until %s on %s: %v\n%s", what, b.path(), err, b.text("main"))
	}
}

// speak uses the visible switch of languages.
func (b *tab) speak(lang string) {
	b.t.Helper()
	if b.read(`document.documentElement.lang`) != lang {
		b.press(fmt.Sprintf(`a[hreflang=%q]`, lang))
	}
}

// signIn goes through the sign-in page.
func (b *tab) signIn(who account) {
	b.t.Helper()
	b.visit("/sign-in")
	b.say("email", who.Email)
	b.say("passphrase", who.Password)
	b.press(`main form button[type="submit"]`)
	if b.path() == "/sign-in" {
		b.t.Fatalf("%s cannot sign in: %s", who.Role, b.text("main"))
	}
}
