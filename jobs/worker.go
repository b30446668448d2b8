package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/redis"
	"github.com/hibiken/asynq"
)

// Deps of a Worker.
type Deps struct {
	DB       *postgres.DB
	RedisURL string
	// Clock says what is due. Leases go by the clock of the database.
	Clock       clock.Clock
	Log         *slog.Logger
	Screening   Screener
	Escalations Escalations
	Readings    Readings
	Letters     Letters
	Fitness     Fitness
	// Subscriptions writes to whoever watches the register.
	Subscriptions Subscriptions
	// Audit is the log that the worker keeps going; nil keeps none.
	Audit AuditLog
	// Retention deletes what is due; nil deletes nothing.
	Retention Expirer
	// Daily is what a day brings, each by its own use case.
	Daily []Daily
	// Documents erases what was removed; nil erases nothing.
	Documents Documents
	// Step is called between every two steps of the road, for tests that stop
	// the process there; nil does nothing.
	Step   func(name string)
	Timing Timing
}

// Timing of a Worker. Zero values are those of production.
type Timing struct {
	Lease    time.Duration           // how long a rung promise may stay open; 0 means 45 s. Longer than any handler's timeout.
	Sweep    time.Duration           // between two sweeps; 0 means 10 s
	Poll     time.Duration           // between two looks without a NOTIFY; 0 means 1 s
	Check    time.Duration           // between two looks into empty queues; 0 means 250 ms
	Shutdown time.Duration           // how long handlers may go on after the end was asked for; 0 means 20 s
	Backoff  func(int) time.Duration // pause after that many tries; nil doubles from 1 s to 10 min
}

// Worker runs relay, sweeper and handlers. Any number of them may run.
type Worker struct {
	deps  Deps
	jobs  []job
	actor identity.Actor
	// bell wakes the relay; a full bell is rung already.
	bell chan struct{}
}

// New returns a worker over deps.
func New(deps Deps) (*Worker, error) {
	if deps.DB == nil || deps.Clock == nil || deps.Log == nil || deps.Screening == nil || deps.Escalations == nil || deps.Letters == nil {
		return nil, errors.New("jobs: a worker needs database, clock, log, screening, escalations and letters")
	}
	if deps.Step == nil {
		deps.Step = func(string) {}
	}
	t := &deps.Timing
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{
		{&t.Lease, 45 * time.Second},
		{&t.Sweep, 10 * time.Second},
		{&t.Poll, time.Second},
		{&t.Check, 250 * time.Millisecond},
		{&t.Shutdown, 20 * time.Second},
	} {
		if *d.value == 0 {
			*d.value = d.standard
		}
	}
	if t.Backoff == nil {
		t.Backoff = backoff
	}
	return &Worker{deps: deps, jobs: jobsOf(deps), actor: identity.System("worker"), bell: make(chan struct{}, 1)}, nil
}

// Run works until ctx ends, then stops ringing, lets the handlers finish for
// as long as Timing.Shutdown says, and stops the rest. What was stopped half
// way is rung again by whichever worker comes next.
func (w *Worker) Run(ctx context.Context) error {
	client, err := redis.Open(w.deps.RedisURL)
	if err != nil {
		return fmt.Errorf("run worker: %w", err)
	}
	defer func() { _ = client.Close() }()
	handling, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	s, err := w.serve(handling, client)
	if err != nil {
		return fmt.Errorf("run worker: %w", err)
	}
	var ringing sync.WaitGroup
	ringing.Go(func() { w.relay(ctx, asynq.NewClientFromRedisClient(client)) })
	ringing.Go(func() { w.listen(ctx) })
	ringing.Go(func() { w.sweep(ctx) })
	for _, r := range roundsOf(w.deps) {
		ringing.Go(func() { w.goRound(ctx, r) })
	}
	<-ctx.Done()
	ringing.Wait()
	s.shutdown(stop)
	return nil
}

// ring wakes the relay.
func (w *Worker) ring() {
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

// pause waits and reports whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
