package retention

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/google/uuid"
)

// shredding is a deletion that the record says was carried out. Its pin is made
// where the key was destroyed, under a secret that the database lacks.
type shredding struct {
	ComplaintID uuid.UUID
	Item        string
	Slot        int64
	Policy      string
	At          time.Time
	Pin         []byte
}

const shredPurpose = "retention.shredding"

func (d shredding) pinned() [][]byte {
	at := d.At.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
	return [][]byte{fmt.Append(nil, d.Slot), []byte(d.Item), d.ComplaintID[:], []byte(d.Policy), []byte(at)}
}

func (s *Service) carriedOut(d shredding) bool {
	return s.Pins.Check(d.Pin, shredPurpose, d.pinned()...)
}

// again holds the store to what the record says was deleted. It finds something
// only after an old copy of the store was put in its place. A row that the
// portal did not write destroys nothing and is said.
func (s *Service) again(ctx context.Context) error {
	forged := 0
	err := s.eachShredding(ctx, func(page []shredding) error {
		var back []int64
		for _, d := range page {
			if !s.carriedOut(d) {
				forged++
				continue
			}
			_, err := s.Keys.Secret(d.Slot)
			if err == nil {
				back = append(back, d.Slot)
			} else if !errors.Is(err, shred.ErrDestroyed) {
				return err
			}
		}
		if len(back) > 0 {
			s.Log.Error("destroyed keys were back and are destroyed again: was an old copy of the shred store put in place?", "count", len(back))
		}
		return s.Keys.Destroy(back...)
	})
	if err == nil && forged > 0 {
		s.Log.Error("deletions that the portal did not carry out are in the record: their keys are left alone", "count", forged)
	}
	return err
}

func (s *Service) eachShredding(ctx context.Context, do func([]shredding) error) error {
	for last := int64(0); ; {
		var page []shredding
		err := s.DB.Read(ctx, actor(), func(tx postgres.Tx) (err error) {
			page, err = shreddedAfter(tx, last, sweepChunk)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		last = page[len(page)-1].Slot
		if err := do(page); err != nil {
			return err
		}
	}
}

// ForgedShreddings counts the deletions in the record that the portal did not
// carry out: rows without a good pin, and items that were emptied with no row.
func (s *Service) ForgedShreddings(ctx context.Context, by identity.Actor) (n int, err error) {
	err = s.eachShredding(ctx, func(page []shredding) error {
		for _, d := range page {
			if !s.carriedOut(d) {
				n++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read deletions: %w", err)
	}
	err = s.DB.Read(ctx, by, func(tx postgres.Tx) error {
		emptied, err := countEmptied(tx)
		n += emptied
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count emptied items: %w", err)
	}
	return n, nil
}
