package document

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/google/uuid"
)

func actor() identity.Actor { return identity.System("documents") }

const (
	eraseBatch = 200
	// orphanAge is how old a blob is before it may be taken for one of a document
	// that was never committed: as long as their shred keys are kept.
	orphanAge = 9 * 24 * time.Hour
)

// Erase keeps the promise TopicRemoved. A document that a hold covers stays until
// Tidy finds the hold lifted. Twice in effect once.
func (s *Service) Erase(ctx context.Context, promiseID uuid.UUID) error {
	if err := authority.Require(actor(), authority.DocumentErase, authority.Object{}); err != nil {
		return err
	}
	var gone []string
	err := outbox.Fulfil(ctx, s.DB, actor(), promiseID, func(tx postgres.Tx, p outbox.Promise) (err error) {
		gone, err = s.erase(tx, p.SubjectID)
		return err
	})
	if err != nil {
		return fmt.Errorf("erase a document: %w", err)
	}
	return s.drop(gone)
}

// erase destroys the shred keys of a document that was removed, and returns the
// blobs that are of no more use. The keys go while holds are locked: nobody can
// place one between the look and the deed. A process that dies between the deed
// and the commit leaves a document without keys, and is followed by one that goes
// on from there.
func (s *Service) erase(tx postgres.Tx, key uuid.UUID) (gone []string, err error) {
	d, err := holdRemoved(tx, key)
	if err != nil || d.ID == uuid.Nil {
		return nil, err
	}
	if !s.pins.Check(d.RemovalPin, removalPin, removal(key, d.RemovedBy, d.RemovedAt)...) {
		s.Log.Error("a removal that the portal did not write down destroys nothing")
		return nil, nil
	}
	held, err := s.Holds.HoldsAgency(tx, d.AgencyID)
	if err != nil || held {
		return nil, err
	}
	slots, gone, err := s.ownParts(tx, key)
	if err != nil || len(slots) == 0 {
		return nil, err
	}
	if err := s.Shred.Destroy(slots...); err != nil {
		return nil, err
	}
	if err := markErased(tx, key, s.now()); err != nil {
		return nil, err
	}
	return gone, audit.Record(tx, audit.Entry{Actor: actor(), Action: "document.erased", ObjectKind: "document", ObjectID: key})
}

// ownParts gives the slots and blobs of a document, none where a row of them was
// not written by the portal: it might name the key of something else.
func (s *Service) ownParts(tx postgres.Tx, key uuid.UUID) (slots []int64, blobs []string, err error) {
	parts, err := findParts(tx, key)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range parts {
		if !s.pins.Check(p.Pin, partPin, pinned(key, p)...) {
			s.Log.Error("a part of a document that the portal did not write destroys nothing")
			return nil, nil, nil
		}
		slots, blobs = append(slots, p.Slot), append(blobs, p.Blob)
	}
	return slots, blobs, nil
}

func (s *Service) drop(blobs []string) error {
	var err error
	for _, name := range blobs {
		err = errors.Join(err, s.Blobs.Delete(name))
	}
	return err
}

// Tidy is a round: it erases what a hold covered that was lifted, destroys again
// what an old copy of the shred store may have brought back, and deletes blobs that
// belong to no document. It may be stopped at any moment and repeated at any time.
func (s *Service) Tidy(ctx context.Context) error {
	if err := authority.Require(actor(), authority.DocumentErase, authority.Object{}); err != nil {
		return err
	}
	return errors.Join(s.eraseLeft(ctx), s.eraseAgain(ctx), s.sweep(ctx))
}

func (s *Service) eraseLeft(ctx context.Context) error {
	return s.each(ctx, findToErase, func(key uuid.UUID) error {
		var gone []string
		err := s.DB.InTx(ctx, actor(), func(tx postgres.Tx) (err error) {
			gone, err = s.erase(tx, key)
			return err
		})
		if err != nil {
			return fmt.Errorf("erase a document: %w", err)
		}
		return s.drop(gone)
	})
}

func (s *Service) eraseAgain(ctx context.Context) error {
	return s.each(ctx, findErased, func(key uuid.UUID) error {
		var slots []int64
		err := s.DB.Read(ctx, actor(), func(tx postgres.Tx) (err error) {
			d, err := findRemoval(tx, key)
			if err == nil && s.pins.Check(d.RemovalPin, removalPin, removal(key, d.RemovedBy, d.RemovedAt)...) {
				slots, _, err = s.ownParts(tx, key)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("look for erased keys: %w", err)
		}
		var back []int64
		for _, slot := range slots {
			if _, err := s.Shred.Secret(slot); err == nil {
				back = append(back, slot)
			} else if !errors.Is(err, shred.ErrDestroyed) {
				return err
			}
		}
		if len(back) > 0 {
			s.Log.Error("destroyed keys of documents were back and are destroyed again: was an old copy of the shred store put in place?", "count", len(back))
		}
		return s.Shred.Destroy(back...)
	})
}

// each walks through documents in the order of their ids.
func (s *Service) each(ctx context.Context, find func(tx postgres.Tx, after uuid.UUID, limit int) ([]uuid.UUID, error), do func(uuid.UUID) error) error {
	for last := uuid.Nil; ; {
		var keys []uuid.UUID
		err := s.DB.Read(ctx, actor(), func(tx postgres.Tx) (err error) {
			keys, err = find(tx, last, eraseBatch)
			return err
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, key := range keys {
			if err := do(key); err != nil {
				return err
			}
			last = key
		}
	}
}

// sweep deletes blobs that no document has: of uploads that never committed, and
// of erased documents whose process died too early.
func (s *Service) sweep(ctx context.Context) error {
	return s.Blobs.OlderThan(s.Clock.Now().Add(-orphanAge), func(names []string) error {
		var used []string
		err := s.DB.Read(ctx, actor(), func(tx postgres.Tx) (err error) {
			used, err = findUsed(tx, names)
			return err
		})
		if err != nil {
			return fmt.Errorf("look for blobs in use: %w", err)
		}
		needed := map[string]bool{}
		for _, name := range used {
			needed[name] = true
		}
		for _, name := range names {
			if needed[name] {
				continue
			}
			if err := s.Blobs.Delete(name); err != nil {
				return err
			}
		}
		return nil
	})
}
