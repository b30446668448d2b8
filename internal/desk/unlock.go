package desk

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Unlock returns the key of the holder's desk that an envelope names. Whose own
// key was not admitted gets a Conflict fault with the code NotAdmitted. What
// the key opens is the caller's to ask the policy for, and to record.
func (s *Service) Unlock(ctx context.Context, by identity.Holder, keyID string) (seal.Desk, error) {
	if err := s.require(by.Actor, authority.DeskRead); err != nil {
		return seal.Desk{}, err
	}
	var desk seal.Desk
	err := s.deps.DB.Read(ctx, by, func(tx postgres.Tx) (err error) {
		desk, err = s.unlock(tx, by, keyID)
		return err
	})
	if err != nil {
		return seal.Desk{}, fmt.Errorf("unlock desk: %w", err)
	}
	return desk, nil
}

// unlock refuses a key that the portal did not make: what it opens would be the
// database administrator's words.
func (s *Service) unlock(tx postgres.Tx, by identity.Holder, keyID string) (seal.Desk, error) {
	row, found, err := findKey(tx, by.UnitID, keyID)
	if err != nil {
		return seal.Desk{}, err
	}
	if !found {
		return seal.Desk{}, notAdmitted()
	}
	if _, err := s.genuine(row); err != nil {
		return seal.Desk{}, err
	}
	keys, err := s.unlockAll(tx, by)
	if err != nil {
		return seal.Desk{}, err
	}
	desk, held := keys[keyID]
	if !held {
		return seal.Desk{}, notAdmitted()
	}
	return desk, nil
}

// unlockAll opens every key of the desk that is wrapped to the holder. A wrap
// that the portal did not write, that does not open, or that holds another key
// than it says, is as if it were not.
func (s *Service) unlockAll(tx postgres.Tx, by identity.Holder) (map[string]seal.Desk, error) {
	keys := map[string]seal.Desk{}
	if by.Member.Locked() {
		return keys, nil
	}
	held, err := heldBy(tx, by.UnitID, by.Member.ID())
	if err != nil {
		return nil, err
	}
	for _, w := range held {
		if w.PersonID != by.PersonID || !s.deps.Pins.Check(w.Pin, "desk wrap", w.pinned()...) {
			continue
		}
		if desk, err := seal.UnwrapDesk(by.Member, by.UnitCode, w.KeyID, w.Wrapped); err == nil {
			keys[w.KeyID] = desk
		}
	}
	return keys, nil
}

// ring is what a holder has in hand of their desk.
type ring struct {
	unit    unitRow
	current keyRow
	to      seal.Recipient       // the current key, genuine
	keys    map[string]seal.Desk // by id
}

// newest refuses a current key that is older than another genuine one, in the
// record or in this process's memory: somebody put it back.
func (s *Service) newest(tx postgres.Tx, current keyRow) error {
	all, err := keysOf(tx, current.UnitID)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Sequence > current.Sequence && s.pinned(r) {
			return errOlder
		}
	}
	if !s.book.follows(current.UnitCode, current.Sequence) {
		return errOlder
	}
	return nil
}

// open unlocks the desk. Who does not hold its current key is not admitted; one
// that is not the newest is ErrForged, and nothing is wrapped to it.
func (s *Service) open(tx postgres.Tx, by identity.Holder) (r ring, err error) {
	if r.unit, err = unitByID(tx, by.UnitID); err != nil {
		return ring{}, err
	}
	live, err := liveKeys(tx, by.UnitID)
	if err != nil {
		return ring{}, err
	}
	if len(live) == 0 || live[0].RetiredAt != nil {
		return ring{}, notAdmitted()
	}
	r.current = live[0]
	if r.to, err = s.genuine(r.current); err != nil {
		return ring{}, err
	}
	if err := s.newest(tx, r.current); err != nil {
		return ring{}, err
	}
	if r.keys, err = s.unlockAll(tx, by); err != nil {
		return ring{}, err
	}
	if _, held := r.keys[r.current.ID]; !held {
		return ring{}, notAdmitted()
	}
	return r, nil
}

// isMember reports whether the person is a genuine member who may hold the key.
func isMember(all []member, person uuid.UUID) (member, bool) {
	for _, m := range all {
		if m.PersonID == person {
			return m, true
		}
	}
	return member{}, false
}
