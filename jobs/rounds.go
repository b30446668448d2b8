package jobs

import (
	"context"
	"time"

	"github.com/fairpassage/portal/internal/platform/periodic"
)

// AuditLog is kept going by the worker.
type AuditLog interface {
	Sequence(ctx context.Context) (int, error)
	Sign(ctx context.Context) error
	Deliver(ctx context.Context) error
}

// Expirer deletes what has been kept for long enough.
type Expirer interface {
	Expire(ctx context.Context) error
}

// Daily is what a day brings to one subject: the use case goes by the calendar day of
// the country, and twice is once.
type Daily struct {
	Name string
	Do   func(context.Context) error
}

// lookEvery is how often the day's work is looked at: so long after midnight it is
// begun, or after a worker is back.
const lookEvery = 5 * time.Minute

// round is work that is due again and again, whether or not anybody asked. Of
// all workers one does it each time, by the clock of the record.
type round struct {
	name    string
	every   time.Duration
	timeout time.Duration
	do      func(context.Context) error
}

// roundsOf is all periodic work of the worker, on one page.
func roundsOf(d Deps) []round {
	var all []round
	if d.Audit != nil {
		all = append(all,
			// Twice in effect once: what has a place is not placed again, and a
			// witness takes nothing twice. A second signature is one more checkpoint.
			round{"audit.sequence", time.Second, 30 * time.Second, func(ctx context.Context) error { _, err := d.Audit.Sequence(ctx); return err }},
			round{"audit.sign", time.Minute, 50 * time.Second, d.Audit.Sign},
			round{"audit.deliver", 10 * time.Second, 5 * time.Minute, d.Audit.Deliver},
		)
	}
	if d.Retention != nil {
		// Twice in effect once: what is deleted is not due again.
		all = append(all, round{"retention.expire", time.Hour, 30 * time.Minute, d.Retention.Expire})
	}
	for _, daily := range d.Daily {
		all = append(all, round{"daily." + daily.Name, lookEvery, 30 * time.Minute, daily.Do})
	}
	if d.Documents != nil {
		// Twice in effect once: what is erased is not there to be erased.
		all = append(all, round{"documents.tidy", time.Hour, 30 * time.Minute, d.Documents.Tidy})
	}
	return all
}

// goRound does one round until ctx ends.
func (w *Worker) goRound(ctx context.Context, r round) {
	for {
		mine, wait, err := periodic.Turn(ctx, w.deps.DB, w.actor, r.name, r.every)
		if err == nil && mine {
			err = w.once(ctx, r)
		}
		if err != nil && ctx.Err() == nil {
			w.deps.Log.Error("a round failed and will be tried again", "round", r.name, cause(err))
		}
		if !pause(ctx, wait) {
			return
		}
	}
}

// once does the round's work; a panic in it ends neither the round nor the worker.
func (w *Worker) once(ctx context.Context, r round) (err error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	defer func() {
		if recover() != nil {
			err = panicked{where: origin()}
		}
	}()
	return r.do(ctx)
}
