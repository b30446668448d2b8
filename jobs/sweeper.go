package jobs

import (
	"context"

	"github.com/fairpassage/portal/internal/platform/outbox"
)

// sweep frees what was rung longer than the lease ago and is still open, so
// that the relay rings it again. Every worker sweeps; rows that one has locked
// the others pass over.
func (w *Worker) sweep(ctx context.Context) {
	for pause(ctx, w.deps.Timing.Sweep) {
		n, err := outbox.Sweep(ctx, w.deps.DB, w.actor, w.deps.Timing.Lease)
		if err != nil {
			if ctx.Err() == nil {
				w.deps.Log.Error("cannot sweep", cause(err))
			}
			continue
		}
		if n > 0 {
			w.deps.Log.Warn("promises rung again: Redis lost them or their handler died", "count", n)
			w.ring()
		}
	}
}
