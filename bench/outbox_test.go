package bench_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/jobs"
	"github.com/google/uuid"
)

// shift is a worker at work with production timing, whose screening only keeps
// the promise and says so.
type shift struct {
	*record
	kept chan uuid.UUID
}

func (s shift) Screen(ctx context.Context, promise uuid.UUID) error {
	err := outbox.Fulfil(ctx, s.DB, identity.System("bench"), promise, func(postgres.Tx, outbox.Promise) error { return nil })
	if err == nil {
		s.kept <- promise
	}
	return err
}

func newShift(b *testing.B) shift {
	b.Helper()
	const room = 10_000 // more than a turn promises
	s := shift{newRecord(b, scale{agencies: 1, employers: 1, days: 1}), make(chan uuid.UUID, room)}
	w, err := jobs.New(jobs.Deps{
		DB: s.DB, RedisURL: testkit.RedisDatabase(b), Clock: clock.System{}, Log: quiet(), Screening: s, Escalations: s.escalationsService(),
	})
	check(b, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	return s
}

// promise makes n promises of the topic in one statement.
func (s shift) promise(b *testing.B, topic string, n int) {
	b.Helper()
	_, err := s.app.ExecContext(b.Context(), `INSERT INTO promises (id, topic, subject_id) SELECT gen_random_uuid(), $1, gen_random_uuid() FROM generate_series(1, $2)`, topic, n)
	check(b, err)
}

// wait returns when n promises are kept.
func (s shift) wait(n int) {
	for range n {
		<-s.kept
	}
}

// BenchmarkOutbox sends promises through relay, Redis, asynq and Fulfil, and
// marks as many by as many hands with a bare update. A burst fits into what the
// relay rings at a time; a backlog does not.
func BenchmarkOutbox(b *testing.B) {
	s := newShift(b)
	for _, c := range []struct {
		name string
		turn int
	}{{"burst of 150", 150}, {"backlog of 1000", 1000}} {
		b.Run(c.name, func(b *testing.B) {
			road := func() { s.promise(b, "complaint.filed", c.turn); s.wait(c.turn) }
			t := race(b, 5, plain("road", road), lane{"bare", s.bare(b, c.turn)})
			t.ratio(b, "road", "bare")
			b.ReportMetric(float64(c.turn)*1000/ms(t.at("road", 50)), "promises/s")
			b.ReportMetric(float64(c.turn)*1000/ms(t.at("bare", 50)), "bare-updates/s")
		})
	}
	b.Run("latency of one", s.latency)
}

// bare makes promises that no worker knows, then marks them kept.
func (s shift) bare(b *testing.B, turn int) func() func() {
	const hands = 8 // as many as the lane has handlers
	return func() func() {
		s.promise(b, "bench.bare", turn)
		rows, err := s.app.QueryContext(b.Context(), `SELECT id FROM promises WHERE topic = 'bench.bare' AND kept_at IS NULL`)
		check(b, err)
		keys := make(chan uuid.UUID, turn)
		for rows.Next() {
			var key uuid.UUID
			check(b, rows.Scan(&key))
			keys <- key
		}
		check(b, rows.Close())
		close(keys)
		return func() {
			var wait sync.WaitGroup
			for range hands {
				wait.Go(func() {
					for key := range keys {
						if _, err := s.app.ExecContext(b.Context(), `UPDATE promises SET kept_at = now() WHERE id = $1`, key); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wait.Wait()
		}
	}
}

// latency is the time from commit to handled of a promise that comes to a
// worker without work, beside that of keeping one directly.
func (s shift) latency(b *testing.B) {
	one := func() { s.promise(b, "complaint.filed", 1); s.wait(1) }
	t := race(b, 100,
		lane{"road", func() func() {
			// Promises do not come in step with the worker's looks at its queues.
			<-time.After(time.Duration(s.word.IntN(300)) * time.Millisecond)
			return one
		}},
		plain("direct", func() {
			s.promise(b, "bench.direct", 1)
			var key uuid.UUID
			check(b, s.app.QueryRowContext(b.Context(), `SELECT id FROM promises WHERE topic = 'bench.direct' AND kept_at IS NULL`).Scan(&key))
			check(b, s.Screen(b.Context(), key))
			s.wait(1)
		}))
	t.ratio(b, "road", "direct")
	b.ReportMetric(ms(t.at("road", 95)), "road-p95-ms")
	b.ReportMetric(ms(t.at("direct", 95)), "direct-p95-ms")
}
