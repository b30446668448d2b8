package document

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// TopicRemoved is the promise to erase what was removed; its subject is the
// document.
const TopicRemoved = "document.removed"

// Remove takes a document back, as long as its owner is open to the actor. It is
// gone from every page at once, and erased soon after. Where the owner is closed
// it is a Conflict fault.
func (s *Service) Remove(ctx context.Context, by identity.Actor, key uuid.UUID) error {
	action := authority.DocumentAdd
	if by.UnitKind != identity.UnitAgency {
		action = authority.DocumentAttach
	}
	if err := authority.Require(by, action, authority.Door()); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		d, err := findDocument(tx, key)
		if err != nil {
			return err
		}
		if err := authority.Require(by, action, authority.Object{AgencyID: d.AgencyID}); err != nil {
			return err
		}
		standing, err := s.standing(tx, by, d.Owner)
		switch {
		case err != nil:
			return err
		case !standing.Readable || standing.AgencyID != d.AgencyID:
			return errNotFound()
		case !standing.Open || d.Removed():
			return errClosed()
		}
		now := s.now()
		done, err := markRemoved(tx, key, by.PersonID, now, s.pins.Pin(removalPin, removal(key, by.PersonID, now)...))
		if err != nil {
			return err
		}
		if !done {
			return errClosed() // somebody was faster, or somebody else handed it in
		}
		if err := outbox.Append(tx, outbox.Promise{Topic: TopicRemoved, SubjectID: key}); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: by, Action: "document.removed", ObjectKind: "document", ObjectID: key})
	})
	if err != nil {
		return fmt.Errorf("remove a document: %w", err)
	}
	return nil
}

const removalPin = "document removal"

func removal(key, person uuid.UUID, at time.Time) [][]byte {
	return [][]byte{key[:], person[:], binary.BigEndian.AppendUint64(nil, uint64(at.UnixMicro()))}
}
