package vault

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"golang.org/x/time/rate"
)

// Limit is how many inputs of a kind are hashed. Two buckets are drawn from
// together: one of Burst, refilled at PerSecond, and one of PerDay, refilled
// evenly over 24 hours. Both are full at the start, so that n days give at most
// n+1 times PerDay.
type Limit struct {
	PerSecond int
	Burst     int
	PerDay    int
}

// Limits of every kind.
type Limits map[matching.Kind]Limit

// DefaultLimits allow 50 complaints a second for ten minutes, 50,000 a day, and
// the register of a middling country at once. What they keep from whom is in
// docs/operations.md.
func DefaultLimits() Limits {
	return Limits{
		matching.KindPhone:    {PerSecond: 100, Burst: 5_000, PerDay: 100_000},
		matching.KindReporter: {PerSecond: 50, Burst: 1_000, PerDay: 50_000},
		matching.KindDocument: {PerSecond: 50, Burst: 5_000, PerDay: 50_000},
		matching.KindAccount:  {PerSecond: 20, Burst: 1_000, PerDay: 20_000},
		matching.KindName:     {PerSecond: 100, Burst: 5_000, PerDay: 100_000},
		matching.KindText:     {PerSecond: 50, Burst: 1_000, PerDay: 50_000},
	}
}

var errLimit = errors.New("a limit is PER_SECOND/BURST/PER_DAY such as 100/5000/100000, with at least 1, 256 and 256")

// ParseLimit reads "100/5000/100000": per second, burst, per day.
func ParseLimit(text string) (Limit, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 {
		return Limit{}, errLimit
	}
	var n [3]int
	for i, p := range parts {
		var err error
		if n[i], err = strconv.Atoi(p); err != nil {
			return Limit{}, errLimit
		}
	}
	l := Limit{PerSecond: n[0], Burst: n[1], PerDay: n[2]}
	return l, l.check()
}

// check wants buckets that hold one question: a fuller one would never be
// answered.
func (l Limit) check() error {
	if l.PerSecond < 1 || l.Burst < maxInputs || l.PerDay < maxInputs {
		return errLimit
	}
	return nil
}

const day = 24 * time.Hour

// meter counts what was asked against the limits.
type meter struct {
	clock clock.Clock

	mu      sync.Mutex
	last    time.Time
	buckets map[matching.Kind][2]*rate.Limiter
}

func newMeter(limits Limits, clk clock.Clock) (*meter, error) {
	m := &meter{clock: clk, buckets: map[matching.Kind][2]*rate.Limiter{}}
	for _, kind := range matching.Kinds() {
		l := limits[kind]
		if err := l.check(); err != nil {
			return nil, fmt.Errorf("limit of %s: %w", kind, err)
		}
		m.buckets[kind] = [2]*rate.Limiter{
			rate.NewLimiter(rate.Limit(l.PerSecond), l.Burst),
			rate.NewLimiter(rate.Limit(float64(l.PerDay)/day.Seconds()), l.PerDay),
		}
	}
	return m, nil
}

// take draws all or nothing. A refusal tells how long the scarcest bucket needs.
func (m *meter) take(counts map[matching.Kind]int) (refused RefusedError, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock.Now()
	if now.Before(m.last) {
		now = m.last // a clock that is set back and forth must not fill the buckets
	}
	m.last = now
	for kind, n := range counts {
		for _, b := range m.buckets[kind] {
			if lacks := float64(n) - b.TokensAt(now); lacks > 0 {
				after := time.Duration(lacks / float64(b.Limit()) * float64(time.Second))
				if after >= refused.After {
					refused = RefusedError{Kind: kind, After: after}
				}
			}
		}
	}
	if refused.Kind != 0 {
		return refused, false
	}
	for kind, n := range counts {
		for _, b := range m.buckets[kind] {
			b.AllowN(now, n)
		}
	}
	return RefusedError{}, true
}

func kindNames() []string {
	var names []string
	for _, k := range matching.Kinds() {
		names = append(names, k.String())
	}
	return names
}

// KindNamed returns the kind of that name.
func KindNamed(name string) (matching.Kind, bool) {
	for _, k := range matching.Kinds() {
		if k.String() == name {
			return k, true
		}
	}
	return 0, false
}
