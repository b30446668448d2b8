package web

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	// streamFor is how long a stream lasts: well within the time an answer may
	// take, so that it ends by itself and the browser comes back. Coming back
	// also asks anew who the visitor is.
	streamFor = WriteTimeout - 5*time.Second
	// streamBeat is how often a silent stream says that it lives, by which it
	// also notices that nobody listens any more.
	streamBeat = 10 * time.Second
)

// Event tells a listening page that something happened. It carries no case:
// the page fetches itself again.
type Event struct {
	ID   string // what the browser sends back as Last-Event-ID
	Name string // what the page listens for
}

// Stream is one visitor's stream of server-sent events.
type Stream struct {
	// Last is the id of the newest event the page knows, for a browser that has
	// not received any; a browser that has sends it along.
	Last string
	// Next returns what has happened since the event last; false is nothing.
	Next func(ctx context.Context, last string) (Event, bool, error)
	// Wake asks for Next to be called at once. When it closes the stream ends.
	Wake <-chan struct{}
	// Close is called once when the stream has ended; may be nil.
	Close func()
	// For and Beat are how long the stream lasts and how often it says that it
	// lives; 0 means 25 s and 10 s.
	For, Beat time.Duration
}

// Stream answers with events until the time is up, the visitor leaves or the
// server stops. It must be the last thing a handler does.
func (w *Web) Stream(c *fiber.Ctx, s Stream) error {
	if s.For == 0 {
		s.For = streamFor
	}
	if s.Beat == 0 {
		s.Beat = streamBeat
	}
	if last := c.Get("Last-Event-ID"); last != "" {
		s.Last = strings.Clone(last)
	}
	// The writer runs after the handler returned, when c belongs to another
	// request: it may use nothing of c.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), s.For)
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set("X-Accel-Buffering", "no") // proxies pass each event on at once
	c.Context().SetBodyStreamWriter(func(out *bufio.Writer) {
		defer cancel()
		defer func() {
			// Outside the middleware a panic would end the process.
			if recover() != nil {
				w.log.LogAttrs(ctx, slog.LevelError, "a stream panicked")
			}
		}()
		if s.Close != nil {
			defer s.Close()
		}
		if err := s.write(ctx, out); err != nil {
			w.log.LogAttrs(ctx, slog.LevelWarn, "a stream broke off", slog.String("error", err.Error()))
		}
	})
	return nil
}

// write sends events until ctx ends. A visitor who left is no error.
func (s Stream) write(ctx context.Context, out *bufio.Writer) error {
	beat := time.NewTicker(s.Beat)
	defer beat.Stop()
	_, _ = out.WriteString("retry: 1000\n\n")
	for {
		event, happened, err := s.Next(ctx, s.Last)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case happened:
			s.Last = event.ID
			// An event without data is not dispatched.
			_, _ = fmt.Fprintf(out, "id: %s\nevent: %s\ndata: 1\n\n", event.ID, event.Name)
		default:
			_, _ = out.WriteString(":\n\n")
		}
		if out.Flush() != nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-s.Wake:
			if !open {
				return nil
			}
		case <-beat.C:
		}
	}
}
