package guarantee

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// ExpireDue writes down that guarantees ended, each on the day after its last one
// whatever day it is now, and returns how many. What is reserved stays: the bank was
// asked in time. Twice is once.
func (s *Service) ExpireDue(ctx context.Context, actor identity.Actor, today time.Time) (int, error) {
	if err := authority.Require(actor, authority.GuaranteeExpire, authority.Object{}); err != nil {
		return 0, err
	}
	var due []overdue
	err := s.DB.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		due, err = endedBefore(tx, today)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("find ended guarantees: %w", err)
	}
	done := 0
	for _, d := range due {
		err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
			wrote, err := s.expire(tx, actor, d)
			if wrote {
				done++
			}
			return err
		})
		if err != nil {
			return done, fmt.Errorf("end a guarantee: %w", err)
		}
	}
	return done, nil
}

// overdue is a guarantee that ended with something held.
type overdue struct{ ID, AgencyID uuid.UUID }

func (s *Service) expire(tx postgres.Tx, actor identity.Actor, d overdue) (bool, error) {
	if err := lockAgency(tx, d.AgencyID); err != nil {
		return false, err
	}
	all, err := guaranteesOf(tx, d.AgencyID)
	if err != nil {
		return false, err
	}
	for _, g := range all {
		if g.ID != d.ID || g.Held.Minor == 0 {
			continue // another process was here
		}
		e := entry{ID: id.New(), Agency: d.AgencyID, Kind: Expired, Day: g.Until.AddDate(0, 0, 1), At: s.now()}
		if err := insertEntry(tx, e, out(g, ExpiredOut)); err != nil {
			return false, err
		}
		return true, record(tx, actor, "expired", d.AgencyID)
	}
	return false, nil
}

// Due is a day that comes.
type Due struct {
	AgencyID uuid.UUID
	ObjectID uuid.UUID // the guarantee, or the entry that has to be put back
	Kind     string    // "expiry" or "top_up"
	Day      time.Time
	Amount   money.Money
}

// DueBetween lists guarantees that end and top-ups that are due from one day until
// another, both included.
func DueBetween(tx postgres.Tx, from, until time.Time) ([]Due, error) {
	return dueBetween(tx, from, until)
}
