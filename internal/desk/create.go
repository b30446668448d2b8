package desk

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Create makes the first key of each of these units that has none, wrapped to
// every member who may read cases, and returns the codes of the units that got
// one. A member makes that of their own unit, the installation any. A unit
// without such a member is a Conflict fault: nobody could open what it receives.
// Private halves are drawn, wrapped and forgotten within the call. The
// installation adopts first: see Adopt.
func (s *Service) Create(ctx context.Context, by identity.Actor, units ...string) (made []string, err error) {
	action := authority.DeskTend
	if by.Kind == identity.KindSetup {
		action = authority.DeskMake
	}
	if err := s.require(by, action); err != nil {
		return nil, err
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		made, err = s.CreateIn(tx, by, units...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("create desk keys: %w", err)
	}
	s.Refresh()
	return made, nil
}

// CreateIn is Create within the caller's transaction.
func (s *Service) CreateIn(tx postgres.Tx, by identity.Actor, units ...string) (made []string, err error) {
	type drawn struct {
		unit unitRow
		desk seal.Desk
	}
	if by.Kind == identity.KindSetup {
		if _, err := s.adopt(tx, by); err != nil {
			return nil, err
		}
	}
	var all []drawn
	for _, code := range units {
		u, err := findUnit(tx, code)
		if err != nil {
			return nil, err
		}
		if err := s.mustBeGenuine(tx, u); err != nil {
			return nil, err
		}
		if by.Kind == identity.KindStaff && u.ID != by.UnitID {
			return nil, fault.New(fault.Forbidden, "problem.not_found")
		}
		if err := lockUnit(tx, code); err != nil {
			return nil, err
		}
		if live, err := liveKeys(tx, u.ID); err != nil {
			return nil, err
		} else if len(live) > 0 {
			continue
		}
		members, err := s.eligible(tx, u)
		if err != nil {
			return nil, err
		}
		if len(members) == 0 {
			return nil, fault.New(fault.Conflict, "desk.error.no_member")
		}
		desk, err := s.draw(tx, by, u, 1, members)
		if err != nil {
			return nil, err
		}
		all, made = append(all, drawn{u, desk}), append(made, code)
	}
	// Shares last: the desks that hold them may be among those just made.
	for _, d := range all {
		if _, err := s.shareOut(tx, d.unit.ID, d.desk); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// draw makes a key and wraps it to the members.
func (s *Service) draw(tx postgres.Tx, by identity.Actor, u unitRow, sequence int, members []member) (seal.Desk, error) {
	desk, err := seal.NewDesk(u.Code, sequence)
	if err != nil {
		return seal.Desk{}, err
	}
	public := desk.Recipient().Key.Bytes()
	row := keyRow{
		ID: desk.ID(), UnitID: u.ID, Sequence: sequence, Public: public,
		Pin: s.pin(u.ID, u.Code, desk.ID(), public), MadeAt: s.deps.Clock.Now(),
	}
	if err := insertKey(tx, row, maker(by)); err != nil {
		return seal.Desk{}, err
	}
	for _, m := range members {
		if err := s.wrap(tx, by, u.ID, desk, m.PersonID, m.Key); err != nil {
			return seal.Desk{}, err
		}
	}
	return desk, audit.Record(tx, audit.Entry{Actor: by, Action: "desk.key_made", ObjectKind: "unit", ObjectID: u.ID})
}

func (s *Service) wrap(tx postgres.Tx, by identity.Actor, unit uuid.UUID, desk seal.Desk, person uuid.UUID, to seal.MemberPublic) error {
	wrapped, err := desk.WrapFor(to)
	if err != nil {
		return err
	}
	return insertWrap(tx, wrapRow{
		KeyID: desk.ID(), UnitID: unit, PersonID: person, MemberKey: to.ID, Wrapped: wrapped, MadeAt: s.deps.Clock.Now(),
	}, maker(by))
}

// maker is nil for the installation.
func maker(by identity.Actor) *uuid.UUID {
	if by.Kind != identity.KindStaff {
		return nil
	}
	return &by.PersonID
}

// shareOut splits the key among the desks that hold shares, itself aside, and
// returns how many got one: none while fewer than two of them have a key.
func (s *Service) shareOut(tx postgres.Tx, unit uuid.UUID, desk seal.Desk) (int, error) {
	rows, err := s.holders(tx, unit)
	if err != nil || len(rows) < 2 {
		return 0, err
	}
	var to []seal.Recipient
	for _, r := range rows {
		holder, err := s.genuine(r)
		if err != nil {
			return 0, err
		}
		to = append(to, holder)
	}
	shares, err := desk.Split(to)
	if err != nil {
		return 0, err
	}
	for i, r := range rows {
		err := insertShare(tx, shareRow{KeyID: desk.ID(), UnitID: unit, HolderID: r.UnitID, HolderKey: r.ID, Sealed: shares[i]})
		if err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// UnitsWithout lists the codes of the units that may hold a key, have a member
// to wrap it to, and have none.
func (s *Service) UnitsWithout(tx postgres.Tx) (codes []string, err error) {
	all, err := s.deskUnits(tx)
	if err != nil {
		return nil, err
	}
	for _, u := range all {
		live, err := liveKeys(tx, u.ID)
		if err != nil {
			return nil, err
		}
		members, err := s.eligible(tx, u)
		if err != nil {
			return nil, err
		}
		if len(live) == 0 && len(members) > 0 {
			codes = append(codes, u.Code)
		}
	}
	return codes, nil
}

func newID() uuid.UUID { return id.New() }
