package bench_test

import (
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/testkit"
)

// remembered is a store of shred keys that writes nothing down: what filing
// would cost if the second key were free.
type remembered struct {
	mu   sync.Mutex
	next int64
	keys map[int64][shred.Size]byte
}

func (r *remembered) Take(n int) ([]shred.Key, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]shred.Key, n)
	for i := range all {
		r.next++
		all[i].Slot = r.next
		_, _ = rand.Read(all[i].Secret[:]) // never fails
		r.keys[r.next] = all[i].Secret
	}
	return all, nil
}

func (r *remembered) Secret(slot int64) ([shred.Size]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys[slot], nil
}

// BenchmarkShredKeys files complaints with the store on disk and with one that
// writes nothing down, and measures the store alone: taking the five keys of a
// complaint (one fsync for some 25 complaints), reading one, destroying five.
func BenchmarkShredKeys(b *testing.B) {
	const each = 16
	r := newRecord(b, scale{agencies: 500, employers: 500, days: 500, complaints: 1000, placements: 1000})
	store := testkit.Shred(b, r.clock)
	disk := r.deskWith(b, store)
	free := r.deskWith(b, &remembered{next: 1 << 40, keys: map[int64][shred.Size]byte{}})
	many := func(one func()) func() {
		return func() {
			for range each {
				one()
			}
		}
	}
	take := func() []shred.Key {
		keys, err := store.Take(5)
		check(b, err)
		return keys
	}
	keys := take()
	t := race(b, 40,
		plain("file", many(func() { disk.file(b) })),
		plain("free", many(func() { free.file(b) })),
		plain("take", many(func() { take() })),
		plain("read", many(func() { _, err := store.Secret(keys[0].Slot); check(b, err) })),
		plain("destroy", func() {
			doomed := take()
			check(b, store.Destroy(doomed[0].Slot, doomed[1].Slot, doomed[2].Slot, doomed[3].Slot, doomed[4].Slot))
		}))
	t.ratio(b, "file", "free")
	for _, name := range []string{"take", "read"} {
		b.ReportMetric(float64(t.at(name, 50))/float64(time.Microsecond)/each, name+"-µs")
	}
}
