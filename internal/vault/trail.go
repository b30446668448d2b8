package vault

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
)

// Line is one minute of the trail, or the start or stop of the vault. It counts
// and holds no value.
type Line struct {
	Minute time.Time `json:"minute"` // UTC, its beginning
	// Event is "started" or "stopped", or "" of a minute.
	Event string `json:"event,omitempty"`
	// Asked and Refused are inputs by the kind's name.
	Asked   map[string]int `json:"asked,omitempty"`
	Refused map[string]int `json:"refused,omitempty"`
	// Strangers are connections of users that may not connect.
	Strangers int `json:"strangers,omitempty"`
	// Broken are connections closed because they did not speak the protocol.
	Broken int `json:"broken,omitempty"`
}

// Trail writes a line each minute, also of a quiet one: a minute without a line
// is one in which the vault did not run, or whose line somebody took away. When
// the line cannot be written the vault goes on, complaints are worth more, and
// the counts wait for the next line that can.
type Trail struct {
	to    io.Writer
	clock clock.Clock
	log   *slog.Logger

	mu   sync.Mutex
	line Line
}

// NewTrail writes to to, which should only ever append, and complains to log.
func NewTrail(to io.Writer, clk clock.Clock, log *slog.Logger) *Trail {
	t := &Trail{to: to, clock: clk, log: log}
	t.line = t.empty()
	return t
}

func (t *Trail) empty() Line {
	return Line{Minute: t.clock.Now().Truncate(time.Minute), Asked: map[string]int{}, Refused: map[string]int{}}
}

// event writes that the vault starts or stops, after the minute so far.
func (t *Trail) event(name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if name == "stopped" {
		if err := t.flush(); err != nil {
			return err
		}
	}
	return t.write(Line{Minute: t.clock.Now().Truncate(time.Minute), Event: name})
}

// turn writes the minute when it is over.
func (t *Trail) turn() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turnLocked()
}

func (t *Trail) turnLocked() {
	if now := t.clock.Now().Truncate(time.Minute); !now.After(t.line.Minute) {
		return
	}
	if err := t.flush(); err != nil {
		t.log.Error("the vault's trail cannot be written", "error", err.Error())
		t.line.Minute = t.clock.Now().Truncate(time.Minute)
	}
}

func (t *Trail) flush() error {
	err := t.write(t.line)
	if err == nil {
		t.line = t.empty()
	}
	return err
}

func (t *Trail) write(l Line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if _, err := t.to.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write trail: %w", err)
	}
	return nil
}

// count adds to the running minute.
func (t *Trail) count(add func(*Line)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turnLocked()
	add(&t.line)
}

func (t *Trail) answered(counts map[matching.Kind]int) {
	t.count(func(l *Line) {
		for kind, n := range counts {
			l.Asked[kind.String()] += n
		}
	})
}

func (t *Trail) refused(counts map[matching.Kind]int) {
	t.count(func(l *Line) {
		for kind, n := range counts {
			l.Refused[kind.String()] += n
		}
	})
}

func (t *Trail) stranger() { t.count(func(l *Line) { l.Strangers++ }) }
func (t *Trail) broken()   { t.count(func(l *Line) { l.Broken++ }) }
