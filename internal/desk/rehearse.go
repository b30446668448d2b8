package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Rehearsed is what a rehearsal showed.
type Rehearsed struct {
	// RealShares is how many shares of the unit's current key the two holders
	// could open. They were not put together.
	RealShares int
}

// Rehearse runs the recovery of the unit's key with a key that is thrown away:
// split among the holders as the real one is, given by these two, restored, and
// shown to open a test envelope. The real key is not touched. Two people of two
// desks that hold shares are needed, else it is a Conflict fault.
func (s *Service) Rehearse(ctx context.Context, unit string, first, second identity.Holder) (Rehearsed, error) {
	out, err := s.rehearse(ctx, unit, first, second)
	if err != nil {
		return Rehearsed{}, fmt.Errorf("rehearse recovery: %w", err)
	}
	for _, by := range []identity.Holder{first, second} {
		err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
			return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.rehearse", ObjectKind: "unit", ObjectID: by.UnitID})
		})
		if err != nil {
			return Rehearsed{}, fmt.Errorf("rehearse recovery: %w", err)
		}
	}
	return out, nil
}

func (s *Service) rehearse(ctx context.Context, unit string, first, second identity.Holder) (out Rehearsed, err error) {
	if first.PersonID == second.PersonID || first.UnitID == second.UnitID {
		return out, fault.New(fault.Conflict, "desk.error.two_holders")
	}
	var u unitRow
	var to []seal.Recipient
	place := map[uuid.UUID]int{}
	err = s.deps.DB.Read(ctx, first, func(tx postgres.Tx) error {
		if u, err = findUnit(tx, unit); err != nil {
			return err
		}
		rows, err := s.holders(tx, u.ID)
		if err != nil {
			return err
		}
		for i, r := range rows {
			holder, err := s.genuine(r)
			if err != nil {
				return err
			}
			place[r.UnitID], to = i, append(to, holder)
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	drill, err := newDrill(unit, to)
	if err != nil {
		return out, err
	}
	for _, by := range []identity.Holder{first, second} {
		at, holds := place[by.UnitID]
		if !holds {
			return out, fault.New(fault.Conflict, "desk.error.two_holders")
		}
		opened, err := s.give(ctx, by, u.ID, drill, at)
		if err != nil {
			return out, err
		}
		out.RealShares += opened
	}
	return out, drill.prove()
}

// drill is a key to throw away, with an envelope that it opens.
type drill struct {
	unit, id  string
	envelope  []byte
	item      []byte
	complaint uuid.UUID
	restorer  seal.Member
	shares    [][]byte
	given     [][]byte
}

func newDrill(unit string, holders []seal.Recipient) (*drill, error) {
	key, err := seal.NewDesk(unit, 1)
	if err != nil {
		return nil, err
	}
	d := &drill{unit: unit, id: key.ID(), complaint: newID()}
	if d.shares, err = key.Split(holders); err != nil {
		return nil, fault.New(fault.Conflict, "desk.error.two_holders")
	}
	sealer := seal.New(d.complaint)
	if d.item, err = sealer.Put(seal.Answers, [seal.KeySize]byte{}, []byte("rehearsal")); err != nil {
		return nil, err
	}
	if d.envelope, err = sealer.EnvelopeFor(key.Recipient(), seal.Answers); err != nil {
		return nil, err
	}
	d.restorer, err = seal.NewMember()
	return d, err
}

// give adds the holder's share of the drill, and counts the real ones that open.
func (s *Service) give(ctx context.Context, by identity.Holder, unit uuid.UUID, d *drill, at int) (opened int, err error) {
	if err := s.require(by.Actor, authority.DeskTend); err != nil {
		return 0, err
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		r, err := s.open(tx, by)
		if err != nil {
			return err
		}
		share, err := r.keys[r.current.ID].OpenShare(d.unit, d.id, d.shares[at])
		if err != nil {
			return err
		}
		sealed, err := share.ContributeTo(d.restorer.Public())
		if err != nil {
			return err
		}
		d.given = append(d.given, sealed)
		held, err := sharesHeld(tx, by.UnitID, unit)
		if err != nil {
			return err
		}
		live, err := liveKeys(tx, unit)
		if err != nil || len(live) == 0 {
			return err
		}
		for _, row := range held {
			if row.KeyID != live[0].ID {
				continue // that an older key is kept is the business of that desk
			}
			if _, err := r.keys[row.HolderKey].OpenShare(row.UnitCode, row.KeyID, row.Sealed); err == nil {
				opened++
			}
		}
		return nil
	})
	return opened, err
}

func (d *drill) prove() error {
	key, err := seal.JoinDesk(d.restorer, d.unit, d.id, d.given)
	if err != nil {
		return err
	}
	opened, err := key.Open(d.complaint, d.envelope)
	if err != nil {
		return err
	}
	text, err := opened.Item(seal.Answers, seal.Schema, [seal.KeySize]byte{}, d.item)
	if err == nil && string(text) != "rehearsal" {
		err = errors.New("the test envelope held something else")
	}
	return err
}
