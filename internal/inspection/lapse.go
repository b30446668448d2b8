package inspection

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// LapseReplies moves every inspection to which the last day for a reply was
// before today, and returns how many. A second call, or one at the same time,
// finds them moved and does nothing: it may run as often as one likes.
func (s *Service) LapseReplies(ctx context.Context, actor identity.Actor, today time.Time) (n int, err error) {
	if err := authority.Require(actor, authority.InspectionLapse, authority.Object{}); err != nil {
		return 0, err
	}
	err = s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		moved, err := lapse(tx, today, s.Clock.Now())
		if err != nil {
			return err
		}
		for _, key := range moved {
			if err := record(tx, actor, "lapsed", key); err != nil {
				return err
			}
		}
		n = len(moved)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("lapse replies: %w", err)
	}
	return n, nil
}
