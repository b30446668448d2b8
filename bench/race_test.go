package bench_test

import (
	"slices"
	"testing"
	"time"
)

// lane is one of several things that are measured side by side.
type lane struct {
	name string
	// turn makes everything ready and returns what the clock is for.
	turn func() func()
}

// plain is a lane that needs nothing made ready.
func plain(name string, fn func()) lane {
	return lane{name, func() func() { return fn }}
}

// times are how long each turn of each lane took, sorted.
type times map[string][]time.Duration

// race lets the lanes take turns, so that whatever else the machine does falls
// on all of them alike, and reports each lane's median. The first turns warm
// caches and plans and do not count; at least least turns of each do.
func race(b *testing.B, least int, lanes ...lane) times {
	b.Helper()
	const warming = 6 // from the sixth on, a prepared statement may have its final plan
	all := times{}
	round := 0
	each := func() {
		for i := range lanes {
			l := lanes[(i+round)%len(lanes)]
			fn := l.turn()
			start := time.Now()
			fn()
			if took := time.Since(start); round >= warming {
				all[l.name] = append(all[l.name], took)
			}
		}
		round++
	}
	for round < warming {
		each()
	}
	for b.Loop() {
		each()
	}
	for len(all[lanes[0].name]) < least {
		each()
	}
	b.ReportMetric(0, "ns/op") // a turn of all lanes together: says nothing
	for _, l := range lanes {
		slices.Sort(all[l.name])
		b.ReportMetric(ms(all.at(l.name, 50)), l.name+"-ms")
	}
	return all
}

// at gives the lane's percentile.
func (t times) at(name string, percent int) time.Duration {
	sorted := t[name]
	return sorted[(len(sorted)-1)*percent/100]
}

// ratio reports how many times as long as the yardstick the lane took.
func (t times) ratio(b *testing.B, name, yardstick string) float64 {
	b.Helper()
	r := float64(t.at(name, 50)) / float64(t.at(yardstick, 50))
	b.ReportMetric(r, name+"/"+yardstick)
	return r
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
