package complaint

import (
	"context"
	"slices"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// plan decides who receives what, by the offices and the policy of the day.
func (s *Service) plan(ctx context.Context, c Complaint, agency uuid.UUID, items []seal.Item) (addressing, error) {
	var g ground
	err := s.DB.Read(ctx, identity.Public(), func(tx postgres.Tx) (err error) {
		if g, err = findGround(tx, c, agency, s.Regions[0]); err != nil {
			return err
		}
		return s.seatReaders(tx, g.units)
	})
	if err != nil {
		return addressing{}, err
	}
	return c.address(g, items)
}

// seatReaders marks the units where a first reader is on duty. A membership that
// the portal did not grant seats nobody: the complaint would wait at an empty desk.
func (s *Service) seatReaders(tx postgres.Tx, units []unit) error {
	seats, err := firstReaders(tx)
	if err != nil {
		return err
	}
	for _, m := range seats {
		at := slices.IndexFunc(units, func(u unit) bool { return u.ID == m.UnitID })
		if at >= 0 && m.genuine(s.People) {
			units[at].Reads = true
		}
	}
	return nil
}
