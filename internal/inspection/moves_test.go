package inspection_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/google/uuid"
)

// Whatever is tried in whatever order, an inspection only makes moves of the
// table, and what Go would refuse the database refuses, too.
func TestNoSequenceOfCallsLeavesTheTable(t *testing.T) {
	for name, configured := range map[string]bool{"law is configured": true, "nothing is configured": false} {
		t.Run(name, func(t *testing.T) { tryAnything(t, configured) })
	}
}

func tryAnything(t *testing.T, configured bool) {
	t.Helper()
	w := open(t)
	if configured {
		w.configure()
	}
	draw := rand.New(rand.NewPCG(27, 1))
	ctx, agency := t.Context(), w.heads[0]
	calls := []func(key uuid.UUID) error{
		func(key uuid.UUID) error { return w.Visit(ctx, w.inspector, key, w.Today()) },
		func(key uuid.UUID) error { return w.CallOff(ctx, w.officers[0], key, "Not today.") },
		func(key uuid.UUID) error {
			return w.Record(ctx, w.inspector, key, w.sheet(key, notMet("fees.no_debt")...))
		},
		func(key uuid.UUID) error {
			return w.Record(ctx, w.officers[0], key, inspection.Sheet{Revision: w.get(key).Revision, Answers: notMet("fees.receipts")})
		},
		func(key uuid.UUID) error { return w.Send(ctx, w.officers[draw.IntN(3)], key) },
		func(key uuid.UUID) error { return w.Reply(ctx, agency, key, said()) },
		func(uuid.UUID) error { _, err := w.LapseReplies(ctx, identity.System("clock"), w.Today()); return err },
		func(uuid.UUID) error { w.clock.Advance(time.Duration(draw.IntN(13)) * 24 * time.Hour); return nil },
		func(key uuid.UUID) error {
			return w.Close(ctx, w.officers[draw.IntN(3)], key, closing(inspection.Outcomes()[draw.IntN(3)]))
		},
	}
	reached := map[inspection.Status]int{}
	for range 24 {
		key := w.plan()
		w.forge(key, inspection.Planned)
		was := inspection.Planned
		for range 40 {
			err := calls[draw.IntN(len(calls))](key)
			now := w.get(key).Status
			// Closing after the last day writes that down on the way.
			through := was == inspection.Sent && now == inspection.Closed && inspection.CanMove(inspection.Lapsed, now)
			if now != was && !inspection.CanMove(was, now) && !through {
				t.Fatalf("from %s to %s", was, now)
			}
			if err != nil && (now != was || fault.KindOf(err) == fault.Internal) {
				t.Fatalf("at %s: %v", now, err)
			}
			reached[now]++
			if now != was {
				w.forge(key, now)
			}
			was = now
		}
	}
	for _, s := range inspection.Statuses() {
		if (reached[s] == 0) == (configured || s != inspection.Lapsed) { // without a deadline none passes
			t.Errorf("%d sequences reached %s", reached[s], s)
		}
	}
}

// forge tries every move that is not in the table, past the portal, as those who
// have the right to write the row, and as the owner of the database.
func (w *world) forge(key uuid.UUID, from inspection.Status) {
	w.t.Helper()
	for _, to := range inspection.Statuses() {
		if to == from || inspection.CanMove(from, to) {
			continue
		}
		if err := w.raw(w.officers[0], `UPDATE inspections SET status = ? WHERE id = ?`, to, key); err == nil {
			w.t.Fatalf("the database goes from %s to %s", from, to)
		}
		if _, err := w.super.Exec(`UPDATE inspections SET status = $1 WHERE id = $2`, to, key); err == nil {
			w.t.Fatalf("the owner goes from %s to %s", from, to)
		}
	}
}
