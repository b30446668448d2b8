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
	for _, step := range []func(context.Context, identity.Holder, ring, time.Time) (bool, error){s.rewrap, s.reshare, s.finish, s.handOvers} {
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
		behind, err = envelopesBehind(tx, r.unit.Code, r.current.ID, after, batch)
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
		done := 0
		for i, e := range behind {
			if fresh[i] == nil {
				continue // does not open: it stays, and the old key with it
			}
			moved, err := moveEnvelope(tx, r.unit.Code, e, r.current.ID, fresh[i])
			if err != nil {
				return err
			}
			if moved {
				done++
			}
		}
		return s.advance(tx, by, done)
	})
	if postgres.Violates(err, "envelope_key_is_current") {
		// Another session gave the desk a newer key: whoever comes next goes on.
		return after, true, nil
	}
	last := behind[len(behind)-1]
	return place{last.KeyID, last.ComplaintID}, false, err
}

// readdress returns the envelope for the current key, or nil when it does not
// open: a row that was tampered with, or a key that the holder has not.
func (s *Service) readdress(r ring, e envelopeRow) []byte {
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

func (s *Service) advance(tx postgres.Tx, by identity.Holder, done int) error {
	open, err := openWork(tx, by.UnitID)
	if err != nil {
		return err
	}
	for _, w := range open {
		if w.ToUnitID != nil {
			continue
		}
		if err := advanceWork(tx, w.ID, done, 0, nil); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.rewrap", ObjectKind: "desk_work", ObjectID: w.ID})
	}
	return nil
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

// finish destroys the older keys when nothing is under them any more. What this
// session could not move, an envelope that does not open or that the person
// may not see, keeps them, and is counted.
func (s *Service) finish(ctx context.Context, by identity.Holder, r ring, _ time.Time) (bool, error) {
	return false, s.end(ctx, by, r, false)
}

// Forget destroys the older keys although envelopes remain that do not open
// with them: those are lost to the desk.
func (s *Service) Forget(ctx context.Context, by identity.Holder) error {
	if err := s.require(by.Actor, authority.DeskTend); err != nil {
		return err
	}
	var r ring
	err := s.deps.DB.Read(ctx, by, func(tx postgres.Tx) (err error) {
		r, err = s.open(tx, by)
		return err
	})
	if err == nil {
		err = s.end(ctx, by, r, true)
	}
	if err != nil {
		return fmt.Errorf("destroy old keys: %w", err)
	}
	return nil
}

func (s *Service) end(ctx context.Context, by identity.Holder, r ring, anyway bool) error {
	return s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		if err := lockUnit(tx, r.unit.Code); err != nil {
			return err
		}
		open, err := openWork(tx, r.unit.ID)
		if err != nil {
			return err
		}
		for _, w := range open {
			if w.ToUnitID != nil {
				continue
			}
			behind, err := left(tx)
			if err != nil {
				return err
			}
			if behind > 0 && (!anyway || w.Skipped == 0) {
				return setTotal(tx, w.ID, w.Done+behind, behind)
			}
			if err := finishWork(tx, w.ID, s.deps.Clock.Now()); err != nil {
				return err
			}
			if _, err := destroyRetired(tx, r.unit.ID, s.deps.Clock.Now()); err != nil {
				return err
			}
			action := "desk.key_destroyed"
			if anyway {
				action = "desk.key_forgotten"
			}
			return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: action, ObjectKind: "unit", ObjectID: r.unit.ID})
		}
		return nil
	})
}

// skipNotAdmitted forgives that somebody is not admitted.
func skipNotAdmitted(err error) error {
	if f := fault.KindOf(err); f == fault.Conflict {
		return nil
	}
	return err
}
