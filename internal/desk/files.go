package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// rewrapFiles does for the originals of documents what rewrap does for complaints.
// Nobody is kept from any of them, so that nothing is counted or given up: one that
// does not open stays, and the old key with it.
func (s *Service) rewrapFiles(ctx context.Context, by identity.Holder, r ring, until time.Time) (more bool, err error) {
	for at := uuid.Nil; ; {
		var behind []fileRow
		err := s.deps.DB.Read(ctx, by, func(tx postgres.Tx) (err error) {
			behind, err = filesBehind(tx, r.unit, at, batch)
			return err
		})
		if err != nil {
			return false, fmt.Errorf("find originals to wrap anew: %w", err)
		}
		if len(behind) == 0 {
			return false, nil
		}
		err = s.moveFiles(ctx, by, r, behind)
		if postgres.Violates(err, "envelope_key_is_current") {
			return false, nil // whoever comes next goes on, as with complaints
		}
		if err != nil {
			return false, fmt.Errorf("wrap originals anew: %w", err)
		}
		if at = behind[len(behind)-1].DocumentID; s.over(until) {
			return true, nil
		}
	}
}

func (s *Service) moveFiles(ctx context.Context, by identity.Holder, r ring, behind []fileRow) error {
	fresh := make([][]byte, len(behind))
	for i, e := range behind {
		if sequenceOf(e.KeyID) >= r.current.Sequence {
			continue
		}
		key, err := r.keys[e.KeyID].OpenFile(seal.Part{Document: e.DocumentID, Name: e.Part}, e.Envelope)
		if err != nil {
			continue
		}
		if fresh[i], err = key.EnvelopeFor(r.to); err != nil {
			return err
		}
	}
	return s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		for i, e := range behind {
			if fresh[i] == nil {
				continue
			}
			if err := moveFile(tx, r.unit.Code, e, r.current.ID, fresh[i]); err != nil {
				return err
			}
		}
		return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.rewrap", ObjectKind: "unit", ObjectID: r.unit.ID})
	})
}
