package desk

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// lost reports whether nobody can open the unit's current key: no member holds
// it with the key that they have now.
func (s *Service) lost(tx postgres.Tx, u unitRow) (bool, error) {
	live, err := liveKeys(tx, u.ID)
	if err != nil || len(live) == 0 {
		return false, err
	}
	able, err := s.admitted(tx, ring{unit: u, current: live[0]})
	return len(able) == 0, err
}

// contribute seals the shares that the approver's desk holds of a lost desk's
// keys to the member who restores them.
func (s *Service) contribute(tx postgres.Tx, by identity.Holder, of uuid.UUID, person uuid.UUID, memberKey string, decision uuid.UUID) error {
	r, err := s.open(tx, by)
	if err != nil {
		return err
	}
	to, err := s.restorer(tx, of, person, memberKey)
	if err != nil {
		return err
	}
	held, err := sharesHeld(tx, by.UnitID, of)
	if err != nil {
		return err
	}
	given := 0
	for _, row := range held {
		share, err := r.keys[row.HolderKey].OpenShare(row.UnitCode, row.KeyID, row.Sealed)
		if err != nil {
			continue // under a key of ours that is gone, or not what it says
		}
		sealed, err := share.ContributeTo(to)
		if err != nil {
			return err
		}
		err = insertContribution(tx, contributionRow{
			KeyID: row.KeyID, UnitID: of, HolderID: by.UnitID, GivenBy: by.PersonID, PersonID: person, MemberKey: memberKey,
			DecisionID: decision, Sealed: sealed, MadeAt: s.deps.Clock.Now(),
		})
		if err != nil {
			return err
		}
		given++
	}
	if given == 0 {
		return fault.New(fault.Conflict, "desk.error.no_share")
	}
	return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.contribute", ObjectKind: "unit", ObjectID: of})
}

// restorer is the key of a genuine member of the lost desk, as they have it now.
func (s *Service) restorer(tx postgres.Tx, unit, person uuid.UUID, memberKey string) (seal.MemberPublic, error) {
	u, err := unitByID(tx, unit)
	if err != nil {
		return seal.MemberPublic{}, err
	}
	members, err := s.eligible(tx, u)
	if err != nil {
		return seal.MemberPublic{}, err
	}
	m, is := isMember(members, person)
	if !is || m.Key.ID != memberKey {
		return seal.MemberPublic{}, fault.New(fault.Conflict, "desk.error.other_member_key")
	}
	return m.Key, nil
}

// Restore puts a lost desk's key together from what two holders contributed to
// this member, and gives the desk a new one in the same transaction. Fewer than
// two, or parts that do not give the key, are a Conflict fault.
func (s *Service) Restore(ctx context.Context, by identity.Holder) error {
	if err := s.require(by.Actor, authority.DeskTend); err != nil {
		return err
	}
	err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		keys, err := s.join(tx, by)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if err := s.rewrapTo(tx, by.Actor, by.UnitID, key, by.PersonID, by.Member.Public()); err != nil {
				return err
			}
		}
		if err := dropContributions(tx, by.UnitID); err != nil {
			return err
		}
		err = audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.restore", ObjectKind: "unit", ObjectID: by.UnitID})
		if err != nil {
			return err
		}
		r, err := s.open(tx, by)
		if err != nil {
			return err
		}
		return s.rotate(tx, by, r, Recovered)
	})
	if err != nil {
		return fmt.Errorf("restore desk key: %w", err)
	}
	s.Refresh()
	return nil
}

// join restores every key of the desk of which two holders gave their share.
func (s *Service) join(tx postgres.Tx, by identity.Holder) (keys []seal.Desk, err error) {
	short := fault.New(fault.Conflict, "desk.error.contributions")
	if by.Member.Locked() {
		return nil, short
	}
	live, err := liveKeys(tx, by.UnitID)
	if err != nil {
		return nil, err
	}
	given, err := contributionsFor(tx, by.UnitID, by.Member.ID())
	if err != nil {
		return nil, err
	}
	for _, row := range live {
		if _, err := s.genuine(row); err != nil {
			return nil, err
		}
		var sealed [][]byte
		for _, g := range given {
			if g.KeyID == row.ID {
				sealed = append(sealed, g.Sealed)
			}
		}
		if len(sealed) < 2 {
			if row.RetiredAt == nil {
				return nil, short
			}
			continue
		}
		key, err := seal.JoinDesk(by.Member, by.UnitCode, row.ID, sealed)
		if err != nil {
			return nil, short
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, short
	}
	return keys, nil
}
