package retention

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/google/uuid"
)

const (
	batch   = 200 // items whose deletion is intended in one transaction
	batches = 50  // of one round: the rest waits for the next
)

func actor() identity.Actor { return identity.System("retention") }

// Expire is one round: it deletes what is due, as much as one round may, clears
// away reserved keys that nobody used, and counts what comes next. It may be
// stopped at any moment and repeated at any time; two rounds at once do no harm.
func (s *Service) Expire(ctx context.Context) error {
	if err := authority.Require(actor(), authority.ItemDelete, authority.Object{}); err != nil {
		return err
	}
	policies, forged, err := s.Policies(ctx, actor())
	if err != nil {
		return err
	}
	if forged > 0 {
		s.Log.Error("policies that the portal did not write are not followed", "count", forged)
	}
	if forged, err = s.ForgedLiftings(ctx, actor()); err != nil {
		return err
	}
	if forged > 0 {
		s.Log.Error("holds that no two people lifted are in force, whatever their rows say", "count", forged)
	}
	return errors.Join(s.expireItems(ctx, policies), s.purge(ctx, policies), s.sweep(ctx), s.look(ctx, policies))
}

func (s *Service) expireItems(ctx context.Context, policies map[Kind]Policy) error {
	// What an earlier round intended comes first.
	if err := s.carryOut(ctx, policies); err != nil {
		return err
	}
	for range batches {
		n, err := s.intend(ctx, policies)
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		if err := s.step("intended"); err != nil {
			return err
		}
		if err := s.carryOut(ctx, policies); err != nil {
			return err
		}
	}
	return nil
}

// intend writes down what shall be deleted.
func (s *Service) intend(ctx context.Context, policies map[Kind]Policy) (n int, err error) {
	now := s.Clock.Now()
	err = s.DB.InTx(ctx, actor(), func(tx postgres.Tx) error {
		k, err := s.keeping(tx, policies, now)
		if err != nil {
			return err
		}
		for _, kind := range ItemKinds() {
			p, set := policies[kind]
			if !set {
				continue
			}
			due, err := findDue(tx, kind, p.before(now), k, batch-n)
			if err != nil {
				return err
			}
			for _, item := range due {
				if err := insertIntent(tx, id.New(), item, p, now); err != nil {
					return err
				}
			}
			if n += len(due); n >= batch {
				break
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("intend deletions: %w", err)
	}
	return n, nil
}

// keeping reads what is kept by: the rule of evidence, and which holds two people
// lifted.
func (s *Service) keeping(tx postgres.Tx, policies map[Kind]Policy, now time.Time) (k keeping, err error) {
	if p, set := policies[Evidence]; set {
		at := p.before(now)
		k.linked = &at
	}
	k.lifted, _, err = s.lifted(tx)
	return k, err
}

// carryOut deletes what is intended, complaint by complaint.
func (s *Service) carryOut(ctx context.Context, policies map[Kind]Policy) error {
	last := uuid.Nil
	for {
		var ids []uuid.UUID
		err := s.DB.Read(ctx, actor(), func(tx postgres.Tx) (err error) {
			ids, err = findIntended(tx, last, batch)
			return err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, complaint := range ids {
			err := s.DB.InTx(ctx, actor(), func(tx postgres.Tx) error { return s.shred(tx, complaint, policies) })
			if err != nil {
				return fmt.Errorf("delete items: %w", err)
			}
			last = complaint
		}
	}
}

// shred deletes what is intended of one complaint. The keys are destroyed while
// the complaint is locked: nobody can place a hold on it, or make evidence of it,
// between the last look and the deed. A hold or a link that came since the
// intent withdraws it.
func (s *Service) shred(tx postgres.Tx, complaint uuid.UUID, policies map[Kind]Policy) error {
	now := s.Clock.Now().UTC().Truncate(time.Microsecond) // as the record keeps it: a pin binds it
	if err := lockHolds(tx); err != nil {
		return err
	}
	free, err := lockComplaint(tx, complaint)
	if err != nil || !free {
		return err // somebody is linking it just now; the next round looks again
	}
	intents, err := findIntents(tx, complaint)
	if err != nil {
		return err
	}
	by, err := s.keeping(tx, policies, now)
	if err != nil {
		return err
	}
	kept, err := isKept(tx, complaint, by)
	if err != nil {
		return err
	}
	var doomed []intent
	var slots []int64
	for _, i := range intents {
		_, err := s.Keys.Secret(i.Slot)
		gone := errors.Is(err, shred.ErrDestroyed)
		if err != nil && !gone {
			return err
		}
		p, set := policies[i.Kind]
		if due := set && !i.FiledAt.After(p.before(now)); !gone && (kept || !due) {
			if err := withdraw(tx, i); err != nil {
				return err
			}
			continue
		}
		doomed, slots = append(doomed, i), append(slots, i.Slot)
	}
	if err := s.step("before the keys"); err != nil {
		return err
	}
	if err := s.Keys.Destroy(slots...); err != nil {
		return err
	}
	if err := s.step("keys destroyed"); err != nil {
		return err
	}
	return s.writeDown(tx, complaint, doomed, now)
}

func withdraw(tx postgres.Tx, i intent) error {
	if err := deleteIntent(tx, i.ID); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: actor(), Action: "shredding.withdrawn", ObjectKind: "shredding", ObjectID: i.ID})
}

// writeDown marks the items as deleted. When nothing of the complaint is left,
// its receipt finds nothing any more, as one that never was, and what was derived
// from the reporter's number and words goes too.
func (s *Service) writeDown(tx postgres.Tx, complaint uuid.UUID, doomed []intent, now time.Time) error {
	for _, i := range doomed {
		d := shredding{ComplaintID: complaint, Item: i.Item, Slot: i.Slot, Policy: i.Policy, At: now}
		if err := markShredded(tx, d, i.ID, s.Pins.Pin(shredPurpose, d.pinned()...)); err != nil {
			return err
		}
		err := audit.Record(tx, audit.Entry{Actor: actor(), Action: "shredding.done", ObjectKind: "shredding", ObjectID: i.ID})
		if err != nil {
			return err
		}
	}
	if len(doomed) == 0 {
		return nil
	}
	left, err := countKept(tx, complaint)
	if err != nil || left > 0 {
		return err
	}
	var noise [2][32]byte
	for i := range noise {
		if _, err := io.ReadFull(s.Random, noise[i][:]); err != nil {
			return fmt.Errorf("draw noise: %w", err)
		}
	}
	return forgetReceipt(tx, complaint, noise[0][:], noise[1][:])
}
