package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Adopt pins the units that the portal has not pinned yet, and returns their
// codes, for the operator to look at: from then on they receive. A unit that was
// changed past the portal has a wrong pin, and stays as it is.
func (s *Service) Adopt(ctx context.Context, by identity.Actor) (codes []string, err error) {
	if err := s.require(by, authority.DeskMake); err != nil {
		return nil, err
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		codes, err = s.adopt(tx, by)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("adopt units: %w", err)
	}
	return codes, nil
}

// AdoptIn is Adopt within the caller's transaction.
func (s *Service) AdoptIn(tx postgres.Tx, by identity.Actor) error {
	_, err := s.adopt(tx, by)
	return err
}

func (s *Service) adopt(tx postgres.Tx, by identity.Actor) (codes []string, err error) {
	adopted, err := s.deps.People.AdoptUnits(tx)
	if err != nil {
		return nil, err
	}
	for _, u := range adopted {
		if err := audit.Record(tx, audit.Entry{Actor: by, Action: "unit.adopt", ObjectKind: "unit", ObjectID: u.ID}); err != nil {
			return nil, err
		}
		codes = append(codes, u.Code)
	}
	return codes, nil
}

// Forged lists the codes of the units whose pins are not good, or that have none.
func (s *Service) Forged(ctx context.Context, by identity.Actor) (codes []string, err error) {
	if err := s.require(by, authority.DeskMake); err != nil {
		return nil, err
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		doubtful, err := s.deps.People.DoubtfulUnits(tx)
		for _, u := range doubtful {
			codes = append(codes, u.Code)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("check units: %w", err)
	}
	return codes, nil
}

// doubtful are the units whose pins are not good, agencies' aside.
func (s *Service) doubtful(tx postgres.Tx) (func(unit uuid.UUID) bool, error) {
	rows, err := s.deps.People.DoubtfulUnits(tx, identity.UnitMinistry, identity.UnitProvince, identity.UnitEmbassy, identity.UnitPolice,
		identity.UnitSupport, identity.UnitOversight, identity.UnitBorder, identity.UnitAdministration)
	return func(unit uuid.UUID) bool {
		return slices.ContainsFunc(rows, func(r identity.UnitRecord) bool { return r.ID == unit })
	}, err
}

func (s *Service) mustBeGenuine(tx postgres.Tx, u unitRow) error {
	doubtful, err := s.doubtful(tx)
	if err == nil && doubtful(u.ID) {
		err = fmt.Errorf("%w: the unit %s", ErrForged, u.Code)
	}
	return err
}

// deskUnits lists the genuine units that may hold keys.
func (s *Service) deskUnits(tx postgres.Tx) ([]unitRow, error) {
	all, err := unitsOfDesks(tx)
	if err != nil {
		return nil, err
	}
	doubtful, err := s.doubtful(tx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(u unitRow) bool { return doubtful(u.ID) }), nil
}

// holders are the keys of the desks that hold shares of the unit's: of each kind
// the first genuine one.
func (s *Service) holders(tx postgres.Tx, unit uuid.UUID) (rows []keyRow, err error) {
	all, err := holderKeys(tx)
	if err != nil {
		return nil, err
	}
	doubtful, err := s.doubtful(tx)
	if err != nil {
		return nil, err
	}
	seen := map[identity.UnitKind]bool{}
	for _, r := range all {
		if doubtful(r.UnitID) || seen[r.UnitKind] {
			continue
		}
		seen[r.UnitKind] = true
		if r.UnitID != unit {
			rows = append(rows, r)
		}
	}
	return rows, nil
}
