package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/hibiken/asynq"
)

const (
	// room is how many promises of a topic may be rung and unfinished at a
	// time. It bounds what Redis holds, and with it how long one waits there:
	// far less than the lease, or the sweeper would ring it twice.
	room = 200
	// again is the pause after Redis could not be rung.
	again = 2 * time.Second
)

// relay rings what is due: when the record says that something was promised,
// and every Timing.Poll, since a notice can be missed and time passes.
func (w *Worker) relay(ctx context.Context, client *asynq.Client) {
	ticker := time.NewTicker(w.deps.Timing.Poll)
	defer ticker.Stop()
	for {
		for _, j := range w.jobs {
			if err := w.ringDue(ctx, client, j); err != nil && ctx.Err() == nil {
				w.deps.Log.Error("cannot ring", "topic", j.topic, cause(err))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-w.bell:
		case <-ticker.C:
		}
	}
}

// ringDue claims what is due of one topic and rings it. Redis is told after
// the claim committed, never within; what it cannot be told is put back.
func (w *Worker) ringDue(ctx context.Context, client *asynq.Client, j job) error {
	for {
		claimed, err := outbox.Claim(ctx, w.deps.DB, w.actor, j.topic, w.deps.Clock.Now(), room)
		if err != nil || len(claimed) == 0 {
			return err
		}
		w.deps.Step("relay: claimed")
		for i, p := range claimed {
			if err := enqueue(ctx, client, j, p); err != nil {
				return errors.Join(err, w.putBack(ctx, claimed[i:]))
			}
			w.deps.Step("relay: rung")
		}
	}
}

// enqueue puts the promise into its queue. Each attempt has a task id of its
// own: under a repeated one asynq would refuse a promise whose earlier task it
// has archived, and the refusal would look as if it were queued.
func enqueue(ctx context.Context, client *asynq.Client, j job, p outbox.Promise) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := client.EnqueueContext(ctx, asynq.NewTask(j.topic, write(p)),
		asynq.TaskID(fmt.Sprintf("%s:%d", p.ID, p.Attempt)),
		asynq.Queue(j.queue),
		asynq.MaxRetry(0),
		// Our own deadline comes first; this one is for a handler that ignores it.
		asynq.Timeout(j.timeout+5*time.Second))
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return nil // this very attempt: the connection broke after Redis had taken it
	}
	return err
}

func (w *Worker) putBack(ctx context.Context, claimed []outbox.Promise) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var all error
	for _, p := range claimed {
		all = errors.Join(all, outbox.PutBack(ctx, w.deps.DB, w.actor, p, w.deps.Clock.Now().Add(again)))
	}
	return all
}

// listen wakes the relay when the record says that something was promised. It
// comes back after a broken connection, more slowly each time in vain.
func (w *Worker) listen(ctx context.Context) {
	const first, last = 250 * time.Millisecond, 10 * time.Second
	wait := first
	for {
		err := w.deps.DB.Listen(ctx, "promises", func() {
			wait = first
			w.ring()
		})
		if ctx.Err() != nil {
			return
		}
		w.deps.Log.Warn("no longer listening for promises; polling goes on", cause(err))
		if !pause(ctx, wait) {
			return
		}
		wait = min(2*wait, last)
	}
}
