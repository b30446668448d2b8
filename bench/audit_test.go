package bench_test

import (
	"crypto/rand"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
)

// ledger is a record with its audit log and no witness.
type ledger struct {
	*testkit.Database

	log *audit.Log
}

func newLedger(b *testing.B) *ledger {
	b.Helper()
	l := &ledger{Database: testkit.DB(b)}
	key, err := audit.NewKey(make([]byte, 32))
	check(b, err)
	l.log, err = audit.New(audit.Deps{DB: l.DB, Clock: clock.System{}, Random: rand.Reader, Key: key, Log: quiet()})
	check(b, err)
	_, err = l.Super(b).ExecContext(b.Context(), `UPDATE policies SET value = '2000' WHERE key = 'audit.leaves_per_checkpoint'`)
	check(b, err)
	return l
}

// place signs until nothing waits for its place.
func (l *ledger) place(b *testing.B) {
	b.Helper()
	for waits := true; waits; {
		check(b, l.log.Sign(b.Context()))
		check(b, l.Super(b).QueryRowContext(b.Context(), `SELECT EXISTS (SELECT FROM audit_pending)`).Scan(&waits))
	}
}

// deed is a transaction of one row, with its entry of the audit or without. It
// is not a promise: a promise rings a bell at commit, for which writers queue.
func (l *ledger) deed(b *testing.B, recorded bool) {
	by := identity.Door()
	err := l.InTx(b.Context(), by, func(tx postgres.Tx) error {
		subject := id.New()
		err := tx.Gorm().Exec(`INSERT INTO attempts (bucket, subject, window_at, count) VALUES ('bench', uuid_send(CAST(? AS uuid)), now(), 1)`, subject).Error
		if err != nil || !recorded {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: by, Action: "bench.deed", ObjectKind: "bench", ObjectID: subject})
	})
	if err != nil {
		b.Error(err)
	}
}

// entries writes so many at once, as if they had been made one by one.
func (l *ledger) entries(b *testing.B, n int) {
	b.Helper()
	_, err := l.Super(b).ExecContext(b.Context(), `INSERT INTO audit_entries (id, actor_kind, action, object_kind, object_id)
		SELECT gen_random_uuid(), 'public', 'bench.deed', 'bench', gen_random_uuid() FROM generate_series(1, $1)`, n)
	check(b, err)
}

// BenchmarkAuditAppend has 16 writers do deeds: bare, with their entries, and
// with their entries while a sequencer never pauses. A turn is 160 deeds.
func BenchmarkAuditAppend(b *testing.B) {
	const writers, each = 16, 10
	l := newLedger(b)
	turn := func(recorded bool) func() {
		return func() {
			var wait sync.WaitGroup
			for range writers {
				wait.Go(func() {
					for range each {
						l.deed(b, recorded)
					}
				})
			}
			wait.Wait()
		}
	}
	watched := func() {
		var done atomic.Bool
		var sequencer sync.WaitGroup
		sequencer.Go(func() {
			for !done.Load() {
				if err := l.log.Sign(b.Context()); err != nil {
					b.Error(err)
				}
			}
		})
		turn(true)()
		done.Store(true)
		sequencer.Wait()
	}
	t := race(b, 20, plain("bare", turn(false)), plain("recorded", turn(true)), plain("sequenced", watched))
	t.ratio(b, "recorded", "bare")
	t.ratio(b, "sequenced", "recorded")
	b.ReportMetric((ms(t.at("recorded", 50))-ms(t.at("bare", 50)))*1000/(writers*each), "µs/entry")
}

// BenchmarkAuditGrowth sequences and signs a thousand entries on logs of
// different length: what a thousand cost must not depend on what is there.
func BenchmarkAuditGrowth(b *testing.B) {
	const thousand = 1000
	var lanes []lane
	for _, size := range []int{1_000, 100_000} {
		l := newLedger(b)
		l.entries(b, size)
		l.place(b)
		lanes = append(lanes, lane{fmt.Sprintf("on-%d", size), func() func() {
			l.entries(b, thousand)
			return func() { check(b, l.log.Sign(b.Context())) }
		}})
	}
	race(b, 10, lanes...).ratio(b, "on-100000", "on-1000")
}

// BenchmarkAuditVerify verifies a short and a long log, per thousand entries,
// and tells how much memory is in use after the long one.
func BenchmarkAuditVerify(b *testing.B) {
	short, long := newLedger(b), newLedger(b)
	const few, many = 10_000, 200_000
	for l, n := range map[*ledger]int{short: few, long: many} {
		l.entries(b, n)
		l.place(b)
		_, err := l.Super(b).ExecContext(b.Context(), `VACUUM (ANALYZE)`)
		check(b, err)
	}
	verify := func(l *ledger) func() {
		return func() {
			report, err := audit.Verify(b.Context(), l.DB, l.log.Verifier(), nil)
			check(b, err)
			if !report.Good() {
				b.Fatal(report.Findings)
			}
		}
	}
	t := race(b, 3, plain("10k", verify(short)), plain("200k", verify(long)))
	b.ReportMetric(t.ratio(b, "200k", "10k")*few/many, "long/short-per-entry")
	var use runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&use)
	b.ReportMetric(float64(use.HeapAlloc)/(1<<20), "MiB-after")
}
