package complaint

import (
	"context"
	"errors"
	"slices"

	desks "github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// plan decides who receives what, by the offices and the policy of the day, and by
// how it stands since it was filed; the zero standing is while it is being filed.
func (s *Service) plan(ctx context.Context, c Complaint, agency uuid.UUID, items []seal.Item, since standing) (addressing, error) {
	g := ground{since: since}
	err := s.DB.Read(ctx, identity.Public(), func(tx postgres.Tx) (err error) {
		if err = s.ground(tx, c, agency, &g); err != nil {
			return err
		}
		return s.seatReaders(tx, g.units)
	})
	if err != nil {
		return addressing{}, err
	}
	if err := s.handKeys(ctx, c, g); err != nil {
		return addressing{}, err
	}
	return c.address(g, items)
}

// ground reads what addressing the complaint rests on.
func (s *Service) ground(tx postgres.Tx, c Complaint, agency uuid.UUID, g *ground) (err error) {
	if g.units, err = s.units(tx); err != nil {
		return err
	}
	district, err := findDistrict(tx, agency)
	if err != nil {
		return err
	}
	g.provinces = c.provincesOf(g.units, district, s.Regions[0])
	value, err := findPolicy(tx, policyReading, c.at)
	g.policy = parseReadingPolicy(value)
	return err
}

// units reads the offices, and marks those that stand as the portal wrote them.
func (s *Service) units(tx postgres.Tx) ([]unit, error) {
	rows, err := findUnits(tx)
	if err != nil {
		return nil, err
	}
	units := make([]unit, 0, len(rows))
	for _, r := range rows {
		units = append(units, r.unit(s.People.GenuineUnit(r.UnitRecord)))
	}
	markSound(units)
	return units, nil
}

// handKeys marks the local desks of the place, and those that could read, that
// can be addressed. They are extras: one that has no key, or none that the portal
// made, is left out, so that nobody stops complaints by making an office.
func (s *Service) handKeys(ctx context.Context, c Complaint, g ground) error {
	for i, u := range g.units {
		if !u.Reads && !c.here(g, u) && !g.since.reads(u.ID) {
			continue
		}
		_, err := s.Desks.Public(ctx, u.Code)
		switch {
		case err == nil:
			g.units[i].Keyed = true
		case fault.KindOf(err) == fault.Unavailable, errors.Is(err, desks.ErrForged):
		default:
			return err
		}
	}
	return nil
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
