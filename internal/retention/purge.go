package retention

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

const purgeBatch = 5000 // rows of one transaction

// purge deletes rows that have ended long enough ago. A transaction deletes a
// batch and writes down how many, together or not at all.
func (s *Service) purge(ctx context.Context, policies map[Kind]Policy) error {
	now := s.Clock.Now()
	for _, rows := range purgeable() {
		p, set := policies[rows.kind]
		if !set {
			continue
		}
		for range batches {
			n := int64(0)
			err := s.DB.InTx(ctx, actor(), func(tx postgres.Tx) (err error) {
				if n, err = deleteRows(tx, rows, p.before(now), purgeBatch); err != nil || n == 0 {
					return err
				}
				key := id.New()
				if err := insertPurge(tx, key, p, n, now); err != nil {
					return err
				}
				return audit.Record(tx, audit.Entry{Actor: actor(), Action: "purge.done", ObjectKind: "purge", ObjectID: key})
			})
			if err != nil {
				return fmt.Errorf("purge %s: %w", rows.kind, err)
			}
			if n < purgeBatch {
				break
			}
		}
	}
	return nil
}

// Outlook is how much of a kind becomes due in the next thirty days, as the last
// round counted it; what is held or evidence will be kept nevertheless. The oversight body reads it, so what accuses one is not in
// it; there is none of letters and of receipts' sessions, whose number would tell
// of such complaints too.
type Outlook struct {
	Kind      Kind
	Due       int64
	CountedAt time.Time
}

const lookAhead = 30 // days

// look counts what becomes due in the next thirty days.
func (s *Service) look(ctx context.Context, policies map[Kind]Policy) error {
	now := s.Clock.Now()
	then := now.AddDate(0, 0, lookAhead)
	err := s.DB.InTx(ctx, actor(), func(tx postgres.Tx) error {
		for _, kind := range ItemKinds() {
			n, err := int64(0), error(nil)
			if p, set := policies[kind]; set {
				if n, err = countDue(tx, kind, p.before(now), p.before(then)); err != nil {
					return err
				}
			}
			if err := upsertOutlook(tx, kind, n, now); err != nil {
				return err
			}
		}
		for _, rows := range purgeable() {
			if !rows.shown {
				continue
			}
			n, err := int64(0), error(nil)
			if p, set := policies[rows.kind]; set {
				if n, err = countRows(tx, rows, p.before(then)); err != nil {
					return err
				}
			}
			if err := upsertOutlook(tx, rows.kind, n, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("count what is due: %w", err)
	}
	return nil
}
