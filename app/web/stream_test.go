package web_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/gofiber/fiber/v2"
)

// broadcast is a server with one stream that counts up.
type broadcast struct {
	url     string
	counter atomic.Int64
	open    atomic.Int64
	bell    *web.Bell
}

func newBroadcast(t *testing.T, lasting, beat time.Duration, fail error) *broadcast {
	t.Helper()
	b := &broadcast{bell: web.NewBell()}
	var s *site
	s = newSite(t, web.Route{
		Method: fiber.MethodGet, Path: "/stream", Surface: web.Public, Action: authority.PublicRead, Stream: true,
		Handler: func(c *fiber.Ctx) error {
			wake, leave := b.bell.Subscribe()
			b.open.Add(1)
			return s.web.Stream(c, web.Stream{
				Last: c.Query("since"), Wake: wake, For: lasting, Beat: beat,
				Close: func() {
					leave()
					b.open.Add(-1)
				},
				Next: func(_ context.Context, last string) (web.Event, bool, error) {
					now := strings.Repeat("i", int(b.counter.Load()))
					return web.Event{ID: now, Name: "changed"}, now != last, fail
				},
			})
		},
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.app.Listener(listener) }()
	t.Cleanup(func() {
		b.bell.Stop() // or the server would wait for the streams
		_ = s.app.Shutdown()
	})
	b.url = "http://" + listener.Addr().String() + "/stream"
	return b
}

func (b *broadcast) get(t *testing.T, ctx context.Context, query, lastEventID string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// closed waits until no stream is open.
func (b *broadcast) closed(t *testing.T) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for b.open.Load() != 0 {
		select {
		case <-ticker.C:
		case <-limit.C:
			t.Fatal("a stream was left open")
		}
	}
}

func TestAStreamEndsByItself(t *testing.T) {
	b := newBroadcast(t, 50*time.Millisecond, 10*time.Millisecond, nil)
	body := read(t, b.get(t, t.Context(), "", ""))
	if !strings.HasPrefix(body, "retry: 1000\n\n") || !strings.Contains(body, ":\n\n") {
		t.Fatalf("body %q, want a retry time and beats", body)
	}
	b.closed(t)
}

func TestAStreamResumesWhereTheBrowserLeftOff(t *testing.T) {
	b := newBroadcast(t, 30*time.Millisecond, 10*time.Millisecond, nil)
	b.counter.Store(3)
	for name, c := range map[string]struct {
		query, id string
		events    int
	}{
		"a page that is up to date":       {"?since=iii", "", 0},
		"a page that is behind":           {"?since=i", "", 1},
		"a page that does not know":       {"", "", 1},
		"a browser that heard the newest": {"?since=i", "iii", 0},
		"a browser that missed one":       {"?since=i", "ii", 1},
	} {
		body := read(t, b.get(t, t.Context(), c.query, c.id))
		if got := strings.Count(body, "id: iii\nevent: changed\ndata: 1\n\n"); got != c.events {
			t.Errorf("%s gets %d events, want %d", name, got, c.events)
		}
	}
}

func TestTheBellWakesAStreamAtOnce(t *testing.T) {
	b := newBroadcast(t, time.Minute, time.Minute, nil)
	b.counter.Store(1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	lines := bufio.NewScanner(b.get(t, ctx, "?since=i", "").Body)
	for lines.Scan() && lines.Text() != ":" { // the stream runs
	}
	b.counter.Store(2)
	b.bell.Ring()
	for lines.Scan() {
		if lines.Text() == "id: ii" {
			return
		}
	}
	t.Fatalf("the event did not come: %v", lines.Err())
}

func TestAStreamEndsWhenTheVisitorLeaves(t *testing.T) {
	b := newBroadcast(t, time.Minute, 5*time.Millisecond, nil)
	ctx, cancel := context.WithCancel(t.Context())
	lines := bufio.NewScanner(b.get(t, ctx, "", "").Body)
	lines.Scan()
	cancel()
	b.closed(t)
}

func TestAStoppedBellEndsAllStreams(t *testing.T) {
	b := newBroadcast(t, time.Minute, time.Minute, nil)
	res := b.get(t, t.Context(), "", "")
	b.bell.Stop()
	read(t, res)
	b.closed(t)
	read(t, b.get(t, t.Context(), "", "")) // and whoever comes later
	b.closed(t)
}

func TestAnErrorEndsAStreamAndSaysNothing(t *testing.T) {
	b := newBroadcast(t, time.Minute, time.Minute, errors.New("the canary has died"))
	if body := read(t, b.get(t, t.Context(), "", "")); strings.Contains(body, "canary") {
		t.Fatalf("body %q", body)
	}
	b.closed(t)
}
