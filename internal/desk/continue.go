package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// batch is how many envelopes move in one transaction: about a tenth of a
// second's work.
const batch = 100

// Continue goes on with what waits for a key-holder, for about so long, and
// reports whether more is left for another call. What was moved stays moved,
// wherever it is interrupted: an envelope names the key that it is under. Who
// is not admitted gets a Conflict fault.
func (s *Service) Continue(ctx context.Context, by identity.Holder, budget time.Duration) (more bool, err error) {
	if err := s.require(by.Actor, authority.DeskTend); err != nil {
		return false, err
	}
	if err := s.Tend(ctx, by); err != nil {
		return false, err
	}
	var r ring
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) (err error) {
		r, err = s.open(tx, by)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("go on with the desk's work: %w", err)
	}
	until := s.deps.Clock.Now().Add(budget)
	for _, step := range []func(context.Context, identity.Holder, ring, time.Time) (bool, error){s.rewrap, s.rewrapFiles, s.reshare, s.finish, s.handOvers} {
		if more, err := step(ctx, by, r, until); err != nil || more {
			return more, err
		}
	}
	return false, nil
}

func (s *Service) over(until time.Time) bool { return s.deps.Clock.Now().After(until) }

// rewrap moves envelopes from older keys to the current one.
func (s *Service) rewrap(ctx context.Context, by identity.Holder, r ring, until time.Time) (more bool, err error) {
	var at place
	for {
		next, end, err := s.rewrapBatch(ctx, by, r, at)
		if err != nil {
			return false, fmt.Errorf("wrap envelopes anew: %w", err)
		}
		if end {
			return false, nil
		}
		if at = next; s.over(until) {
			return true, nil
		}
	}
}

func (s *Service) rewrapBatch(ctx context.Context, by identity.Holder, r ring, after place) (next place, end bool, err error) {
	var behind []envelopeRow
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) (err error) {
		behind, err = envelopesBehind(tx, r.unit, after, batch)
		return err
	})
	if err != nil || len(behind) == 0 {
		return after, true, err
	}
	// Ciphers first: nothing is locked meanwhile.
	fresh := make([][]byte, len(behind))
	for i, e := range behind {
		fresh[i] = s.readdress(r, e)
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		for i, e := range behind {
			if fresh[i] == nil {
				continue // does not open: it stays, and the old key with it
			}
			if _, err := moveEnvelope(tx, r.unit.Code, e, r.current.ID, fresh[i]); err != nil {
				return err
			}
		}
		return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.rewrap", ObjectKind: "unit", ObjectID: r.unit.ID})
	})
	if postgres.Violates(err, "envelope_key_is_current") {
		// Another session gave the desk a newer key: whoever comes next goes on.
		return after, true, nil
	}
	last := behind[len(behind)-1]
	return place{last.KeyID, last.ComplaintID}, false, err
}

// readdress returns the envelope for the current key, or nil when it does not
// open: a row that was tampered with, or a key that the holder has not. Nothing
// goes from a key to an older one.
func (s *Service) readdress(r ring, e envelopeRow) []byte {
	if sequenceOf(e.KeyID) >= r.current.Sequence {
		return nil
	}
	opened, err := r.keys[e.KeyID].Open(e.ComplaintID, e.Envelope)
	if err != nil {
		return nil
	}
	envelope, err := opened.EnvelopeFor(r.to, opened.Items()...)
	if err != nil {
		return nil
	}
	return envelope
}

// reshare seals the shares that this desk holds to its current key, and gives
// out its own where a holder has none that it can open.
func (s *Service) reshare(ctx context.Context, by identity.Holder, r ring, _ time.Time) (bool, error) {
	err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		if err := lockUnit(tx, r.unit.Code); err != nil {
			return err
		}
		held, err := sharesHeld(tx, r.unit.ID, uuid.Nil)
		if err != nil {
			return err
		}
		for _, row := range held {
			if row.HolderKey == r.current.ID {
				continue
			}
			share, err := r.keys[row.HolderKey].OpenShare(row.UnitCode, row.KeyID, row.Sealed)
			if err != nil {
				continue // its owner gives out another
			}
			from := row.HolderKey
			row.HolderKey = r.current.ID
			if row.Sealed, err = share.SealTo(r.to); err != nil {
				return err
			}
			if err := resealShare(tx, row, from); err != nil {
				return err
			}
		}
		return s.replenish(tx, by, r)
	})
	if err != nil {
		return false, fmt.Errorf("seal shares anew: %w", err)
	}
	return false, nil
}

// replenish splits the current key anew when a holder lacks its share.
func (s *Service) replenish(tx postgres.Tx, by identity.Holder, r ring) error {
	missing, err := s.sharesMissing(tx, r.unit.ID, r.current.ID)
	if err != nil || missing == 0 {
		return err
	}
	if err := dropShares(tx, r.unit.ID, r.current.ID); err != nil {
		return err
	}
	if n, err := s.shareOut(tx, r.unit.ID, r.keys[r.current.ID]); err != nil || n == 0 {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.shared", ObjectKind: "unit", ObjectID: r.unit.ID})
}

// sharesMissing counts the holders without a share under their current key.
func (s *Service) sharesMissing(tx postgres.Tx, unit uuid.UUID, key string) (int, error) {
	holders, err := s.holders(tx, unit)
	if err != nil || len(holders) < 2 {
		return 0, err
	}
	given, err := sharesOf(tx, key)
	if err != nil {
		return 0, err
	}
	under := map[string]bool{}
	for _, row := range given {
		under[row.HolderKey] = true
	}
	missing := 0
	for _, h := range holders {
		if !under[h.ID] {
			missing++
		}
	}
	return missing, nil
}

// finish destroys the older keys when nothing is under them any more.
func (s *Service) finish(ctx context.Context, by identity.Holder, r ring, _ time.Time) (bool, error) {
	err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		if err := lockUnit(tx, r.unit.Code); err != nil {
			return err
		}
		return s.settle(tx, by, r)
	})
	if err != nil {
		return false, fmt.Errorf("destroy old keys: %w", err)
	}
	return false, nil
}

// settle destroys the older keys unless anything at all is sealed to one, also
// what this person may not see. Neither is told: to them the work has come to its
// end either way, and to whoever sees what is left it has not. The unit is locked.
func (s *Service) settle(tx postgres.Tx, by identity.Holder, r ring) error {
	if err := s.dropLeavers(tx, r); err != nil {
		return err
	}
	needed, err := olderKeysNeeded(tx)
	if err != nil {
		return err
	}
	open, err := openWork(tx, r.unit.ID)
	if err != nil {
		return err
	}
	end := finishWork
	if needed {
		end = walkedWork
	}
	for _, w := range open {
		if w.ToUnitID != nil {
			continue
		}
		if err := end(tx, w.ID, s.deps.Clock.Now()); err != nil {
			return err
		}
	}
	if needed {
		return nil
	}
	destroyed, err := destroyRetired(tx, r.unit.ID, s.deps.Clock.Now())
	if err != nil || destroyed == 0 {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.key_destroyed", ObjectKind: "unit", ObjectID: r.unit.ID})
}

// dropLeavers takes the older keys from who left: one of them may be kept for
// long. That the current one lay with them makes it due to be replaced.
func (s *Service) dropLeavers(tx postgres.Tx, r ring) error {
	members, err := s.eligible(tx, r.unit)
	if err != nil {
		return err
	}
	wraps, err := wrapsOf(tx, r.unit.ID)
	if err != nil {
		return err
	}
	for _, w := range wraps {
		if _, still := isMember(members, w.PersonID); still || w.KeyID == r.current.ID {
			continue
		}
		if err := dropWrap(tx, r.unit.ID, w.KeyID, w.MemberKey); err != nil {
			return err
		}
	}
	return nil
}

// skipNotAdmitted forgives that somebody is not admitted.
func skipNotAdmitted(err error) error {
	if f := fault.KindOf(err); f == fault.Conflict {
		return nil
	}
	return err
}
