package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/redis"
	"github.com/hibiken/asynq"
)

// recording is how long the note of a failure may take, after the handler's
// own time is over.
const recording = 5 * time.Second

// servers are the running handlers of all lanes.
type servers struct {
	lanes []*asynq.Server
	busy  sync.WaitGroup // handlers at work, also those asynq gave up on
}

// serve starts the handlers. They work under handling, which outlives the
// asking for an end.
func (w *Worker) serve(handling context.Context, client redis.Client) (*servers, error) {
	s := &servers{}
	mux := asynq.NewServeMux()
	for _, j := range w.jobs {
		mux.HandleFunc(j.topic, func(ctx context.Context, task *asynq.Task) error {
			s.busy.Add(1)
			defer s.busy.Done()
			w.handle(ctx, j, task.Payload())
			// Never an error: asynq would store its text and count tries of
			// its own. Both are kept in the record.
			return nil
		})
	}
	for _, l := range lanes() {
		server := asynq.NewServerFromRedisClient(client, asynq.Config{
			Concurrency:       l.handlers,
			Queues:            l.queues,
			BaseContext:       func() context.Context { return handling },
			TaskCheckInterval: w.deps.Timing.Check,
			ShutdownTimeout:   w.deps.Timing.Shutdown,
			Logger:            asynqLog{w.deps.Log},
			LogLevel:          asynq.WarnLevel,
		})
		if err := server.Start(mux); err != nil {
			s.shutdown(func() {})
			return nil, fmt.Errorf("start handlers: %w", err)
		}
		s.lanes = append(s.lanes, server)
	}
	return s, nil
}

// shutdown lets all lanes finish at the same time, then stops what is left.
func (s *servers) shutdown(stop func()) {
	var closing sync.WaitGroup
	for _, server := range s.lanes {
		closing.Go(server.Shutdown)
	}
	closing.Wait()
	stop()
	s.busy.Wait()
}

// handle takes one promise as far as it goes.
func (w *Worker) handle(ctx context.Context, j job, text []byte) {
	rung, err := read(text)
	if err != nil {
		w.deps.Log.Error("a payload that is not ours was dropped", "topic", j.topic)
		return
	}
	w.deps.Step("handler: called")
	p, ok, err := outbox.Begin(ctx, w.deps.DB, w.actor, rung.Promise, rung.Attempt, j.tries)
	if err != nil {
		// Nothing was written: the sweeper will ring it again.
		w.deps.Log.Error("cannot begin", "topic", j.topic, "promise", rung.Promise, cause(err))
		return
	}
	if !ok {
		return
	}
	w.deps.Step("handler: begun")
	limited, cancel := context.WithTimeout(ctx, j.timeout)
	err = guard(limited, j, p.ID)
	cancel()
	w.deps.Step("handler: ended")
	if err != nil {
		w.failed(ctx, j, p, err)
	}
	// There is room again: a backlog need not wait for the next look.
	w.ring()
}

// failed writes down that an attempt failed and when to try again.
func (w *Worker) failed(ctx context.Context, j job, p outbox.Promise, err error) {
	stopped := errors.Is(err, context.Canceled) && ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recording)
	defer cancel()
	if stopped {
		if err := outbox.Release(ctx, w.deps.DB, w.actor, p); err != nil {
			w.deps.Log.Error("cannot release", "topic", j.topic, "promise", p.ID, cause(err))
		}
		return
	}
	retryAt := w.deps.Clock.Now().Add(w.deps.Timing.Backoff(p.Tries))
	dead, note := outbox.Fail(ctx, w.deps.DB, w.actor, p, classify(err), retryAt, j.tries)
	if note != nil {
		w.deps.Log.Error("cannot record a failure", "topic", j.topic, "promise", p.ID, cause(note))
	}
	about := []any{"topic", j.topic, "promise", p.ID, "try", p.Tries, cause(err)}
	if dead {
		w.deps.Log.Error("a job failed too often and was given up", about...)
		return
	}
	w.deps.Log.Warn("a job failed and will be tried again", about...)
}
