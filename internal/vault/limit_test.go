package vault

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/testkit"
)

// narrow are limits at which a test sees the end.
func narrow() Limits {
	limits := DefaultLimits()
	limits[matching.KindPhone] = Limit{PerSecond: 10, Burst: 300, PerDay: 1000}
	return limits
}

func phones(n int) map[matching.Kind]int { return map[matching.Kind]int{matching.KindPhone: n} }

// drain takes one at a time from so many hands until nothing is left.
func drain(t *testing.T, m *meter) int {
	t.Helper()
	var taken atomic.Int64
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			for {
				if _, ok := m.take(phones(1)); !ok {
					return
				}
				taken.Add(1)
			}
		})
	}
	wait.Wait()
	return int(taken.Load())
}

func TestManyAtOnceGetNoMoreThanTheLimit(t *testing.T) {
	clk := testkit.Clock()
	m, err := newMeter(narrow(), clk)
	if err != nil {
		t.Fatal(err)
	}
	if got := drain(t, m); got != 300 {
		t.Errorf("%d at the start, want the burst of 300", got)
	}
	clk.Advance(time.Second)
	if got := drain(t, m); got != 10 {
		t.Errorf("%d after a second, want 10", got)
	}
	clk.Advance(-time.Hour)
	clk.Advance(time.Hour)
	if got := drain(t, m); got != 0 {
		t.Errorf("%d by setting the clock back and forth", got)
	}
	total := 310
	for range 24 * 60 {
		clk.Advance(time.Minute)
		total += drain(t, m)
	}
	if total > 2000 || total < 1990 {
		t.Errorf("%d in the first day, want the bucket of 1000 and the refill of 1000", total)
	}
}

func TestARefusedQuestionTakesNothing(t *testing.T) {
	m, err := newMeter(narrow(), testkit.Clock())
	if err != nil {
		t.Fatal(err)
	}
	refused, ok := m.take(map[matching.Kind]int{matching.KindName: 256, matching.KindPhone: 301})
	if want := (RefusedError{Kind: matching.KindPhone, After: 100 * time.Millisecond}); ok || refused != want {
		t.Errorf("%v, %t, want %v", refused, ok, want)
	}
	if _, ok := m.take(map[matching.Kind]int{matching.KindName: 5000, matching.KindPhone: 300}); !ok {
		t.Error("something was taken")
	}
}

func TestALimitThatNothingPassesIsRefused(t *testing.T) {
	for _, text := range []string{"", "100", "a/b/c", "0/5000/5000", "1/255/5000", "1/5000/255", "1/2/3/4", "-1/5000/5000"} {
		if l, err := ParseLimit(text); err == nil && l.check() == nil {
			t.Errorf("%q passed", text)
		}
	}
	if l, err := ParseLimit("100/5000/100000"); err != nil || l != DefaultLimits()[matching.KindPhone] {
		t.Errorf("%v, %v", l, err)
	}
	limits := DefaultLimits()
	delete(limits, matching.KindText)
	if _, err := newMeter(limits, testkit.Clock()); err == nil {
		t.Error("a kind without a limit")
	}
}
