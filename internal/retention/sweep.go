package retention

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

const (
	markEvery = 24 * time.Hour
	// orphanAge is how old a key must be before it may be taken for one of a
	// complaint that was never committed. It is long, so that after a mistaken
	// restore there is time to bring back what the older backup lacks.
	orphanAge = 7 * 24 * time.Hour
	// settled is how long after its closing a range is swept. A transaction that
	// began before the closing has long ended: the server ends idle ones.
	settled    = 24 * time.Hour
	sweepChunk = 2000
)

// sweep destroys keys that were handed out and belong to no item, and destroys
// again what an old copy of the store may have brought back.
func (s *Service) sweep(ctx context.Context) error {
	if err := s.again(ctx); err != nil {
		return fmt.Errorf("destroy again: %w", err)
	}
	if err := s.mark(ctx); err != nil {
		return fmt.Errorf("mark shred keys: %w", err)
	}
	if err := s.sweepOrphans(ctx); err != nil {
		return fmt.Errorf("sweep shred keys: %w", err)
	}
	return nil
}

// mark notes how far keys are handed out today, and closes what was marked long
// enough ago: no item that comes later can use those keys.
func (s *Service) mark(ctx context.Context) error {
	now := s.Clock.Now()
	next, err := s.Keys.Next()
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, actor(), func(tx postgres.Tx) error {
		last, err := lastMark(tx)
		if err != nil {
			return err
		}
		if now.Sub(last) >= markEvery {
			if err := insertMark(tx, next, now); err != nil {
				return err
			}
		}
		return closeMarks(tx, now.Add(-orphanAge), now)
	})
}

func (s *Service) sweepOrphans(ctx context.Context) error {
	now := s.Clock.Now()
	var from, to int64
	err := s.DB.Read(ctx, actor(), func(tx postgres.Tx) (err error) {
		from, to, err = sweepable(tx, now.Add(-settled))
		return err
	})
	if err != nil || to == 0 {
		return err
	}
	for ; from < to; from += sweepChunk {
		if err := s.sweepRange(ctx, from, min(from+sweepChunk, to)); err != nil {
			return err
		}
	}
	return s.DB.InTx(ctx, actor(), func(tx postgres.Tx) error { return endMarks(tx, to, now) })
}

func (s *Service) sweepRange(ctx context.Context, from, to int64) error {
	live, err := s.Keys.Live(from, to)
	if err != nil || len(live) == 0 {
		return err
	}
	used := map[int64]bool{}
	err = s.DB.Read(ctx, actor(), func(tx postgres.Tx) error {
		slots, err := usedSlots(tx, from, to)
		for _, slot := range slots {
			used[slot] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	var orphans []int64
	for _, slot := range live {
		if !used[slot] {
			orphans = append(orphans, slot)
		}
	}
	return s.Keys.Destroy(orphans...)
}
