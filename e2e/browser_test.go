package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Widths of the screens that pages are looked at on, in CSS pixels.
const (
	phone   = 360
	desktop = 1280
)

// tabPatience is how long one step in a tab may take.
const tabPatience = 20 * time.Second

// browser is the one Chromium of the suite; every person has a context of
// their own in it, which shares nothing with the others.
type browser struct {
	ctx  context.Context
	stop func()
}

func startBrowser(profile string) (*browser, error) {
	path, err := findChromium()
	if err != nil {
		return nil, err
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.Headless, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
	}
	for _, flag := range []string{
		"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-default-apps",
		"disable-dev-shm-usage", "disable-breakpad", "disable-renderer-backgrounding", "disable-backgrounding-occluded-windows",
	} {
		options = append(options, chromedp.Flag(flag, true))
	}
	if os.Geteuid() == 0 { // Chromium's sandbox refuses root
		options = append(options, chromedp.NoSandbox)
	}
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	stop := func() {
		_ = chromedp.Cancel(ctx)
		end()
		endAllocator()
	}
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return &browser{ctx: ctx, stop: stop}, nil
}

func findChromium() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no browser: install one of %s (scripts/need chromium)", strings.Join(names, ", "))
}

// tab is one person's window.
type tab struct {
	t      testing.TB
	base   string
	status int64 // of the last page
	ctx    context.Context

	mu       sync.Mutex
	requests []request
	bytes    map[network.RequestID]float64
	problems []string
}

// request is one thing that the browser asked for.
type request struct {
	id   network.RequestID
	url  string
	kind network.ResourceType
}

type tabOption func(*tab) error

// withoutScript is a browser in which no script runs.
func withoutScript(b *tab) error {
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return err
}

// preferring is a browser set to a language.
func preferring(lang string) tabOption {
	return func(b *tab) error {
		_, err := chromedp.Call(b.ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": lang}})
		return err
	}
}

// open gives somebody a window of their own on the portal. At its end the test
// fails when anything was asked of another host or a page broke its own rules.
func open(t testing.TB, base string, width int64, options ...tabOption) *tab {
	t.Helper()
	b := &tab{t: t, base: base, bytes: map[network.RequestID]float64{}}
	ctx, end := chromedp.NewContext(suite.browser.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.listen))
	b.ctx = ctx
	t.Cleanup(func() {
		b.check()
		end()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	_, err1 := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	_, err2 := chromedp.Call(ctx, log.Enable, struct{}{})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	b.resize(width)
	for _, option := range options {
		if err := option(b); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, request{id: e.RequestID, url: e.Request.URL, kind: e.Type})
	case *network.EventLoadingFinished:
		b.bytes[e.RequestID] = e.EncodedDataLength
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, "a script failed: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		// That a page answers 404 or 422 is the page's business.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			b.problems = append(b.problems, e.Entry.Text)
		}
	}
}

// check reports what no page may ever do.
func (b *tab) check() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.requests {
		if !strings.HasPrefix(r.url, b.base+"/") && r.url != "about:blank" {
			b.t.Errorf("the browser was sent to %s", r.url)
		}
	}
	for _, p := range b.problems {
		b.t.Errorf("the browser complains: %s", p)
	}
}

// since returns what was asked for after the first n requests.
func (b *tab) since(n int) []request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests[n:])
}

// weight is how many bytes came over the wire for these requests.
func (b *tab) weight(of []request) (total float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range of {
		total += b.bytes[r.id]
	}
	return total
}

// resize gives the tab a screen of that width and the height of a phone.
func (b *tab) resize(width int64) {
	b.t.Helper()
	b.resizeTo(width, 740)
}

func (b *tab) resizeTo(width, height int64) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 600,
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// do runs one step with a deadline.
func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, tabPatience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s on %s: %v\n%s", what, b.path(), err, b.text("main"))
	}
}

// turn runs steps that lead to another page and waits until it is there.
func (b *tab) turn(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, tabPatience)
	defer cancel()
	response, err := chromedp.RunResponse(ctx, steps...)
	for err != nil && strings.Contains(err.Error(), "Could not find node") && ctx.Err() == nil {
		// A page that is live put a new one in its place under the finger.
		response, err = chromedp.RunResponse(ctx, steps...)
	}
	if err != nil {
		b.t.Fatalf("%s on %s: %v\n%s", what, b.path(), err, b.text("main"))
	}
	b.status = response.Status
}

// visit opens an address of the portal.
func (b *tab) visit(path string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, tabPatience)
	defer cancel()
	response, err := chromedp.Run(ctx, chromedp.NavigateResponse(b.base+path))
	if err != nil {
		b.t.Fatalf("open %s: %v", path, err)
	}
	b.status = response.Status
}
