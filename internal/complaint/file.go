package complaint

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// TopicFiled is the promise that a complaint will be screened.
const TopicFiled = "complaint.filed"

// Filed is the answer to a complaint.
type Filed struct {
	ID      uuid.UUID
	FiledAt time.Time
	// Again says that this form was sent before: this is the first sending's
	// answer, and nothing was written.
	Again bool
}

// File records a complaint and promises to screen it. Rows, sealed items,
// envelopes, disclosures, the audit entry and the promise commit together or
// not at all. nonce is the form's own secret: the same form sent twice, at
// once or later, is one complaint. When a desk that should receive something
// does not exist or has no key, or when who holds the matching key does not
// answer, it is an Unavailable fault and nothing is recorded.
func (s *Service) File(ctx context.Context, by identity.Actor, in Intake, receipt Receipt, nonce string) (Filed, error) {
	if err := authority.Require(by, authority.ComplaintFile, authority.Object{}); err != nil {
		return Filed{}, err
	}
	return s.file(ctx, by, uuid.Nil, in, receipt, nonce)
}

// FileFor is File for somebody who tells it to the actor, who types it for them.
// The actor's desk keeps a copy of all of it, of what it heard anyway, unless it
// accuses an official of theirs: then not even they. Who typed is not written
// down, only for which desk.
func (s *Service) FileFor(ctx context.Context, by identity.Actor, in Intake, receipt Receipt, nonce string) (Filed, error) {
	if err := authority.Require(by, authority.ComplaintType, authority.Object{UnitID: by.UnitID}); err != nil {
		return Filed{}, err
	}
	return s.file(ctx, identity.Public(), by.UnitID, in, receipt, nonce)
}

func (s *Service) file(ctx context.Context, by identity.Actor, typedBy uuid.UUID, in Intake, receipt Receipt, nonce string) (Filed, error) {
	const shortest = 16
	if receipt == (Receipt{}) || len(nonce) < shortest {
		return Filed{}, fault.New(fault.Invalid, "problem.body")
	}
	c, err := New(id.New(), in, s.Clock.Now())
	if err != nil {
		return Filed{}, err
	}
	c.typedBy = typedBy
	seen, err := s.trace(ctx, c)
	if err != nil {
		return Filed{}, fmt.Errorf("file complaint: %w", err)
	}
	row := newRow(c, seen, s.lookup("nonce", nonce), s.lookup("id", receipt.Code()))
	var filed Filed
	err = again(s.Desks, func() (err error) {
		filed, err = s.record(ctx, by, c, row, seen.agencyID, receipt)
		return err
	})
	if err != nil {
		return Filed{}, fmt.Errorf("file complaint: %w", err)
	}
	return filed, nil
}

// record seals the complaint and writes it down.
func (s *Service) record(ctx context.Context, by identity.Actor, c Complaint, row complaintRow, agency uuid.UUID, receipt Receipt) (Filed, error) {
	shut, err := s.close(ctx, c, agency, receipt)
	if err != nil {
		return Filed{}, err
	}
	filed := Filed{ID: c.id, FiledAt: c.at}
	err = s.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		first, err := insertComplaint(tx, row)
		if err != nil {
			return err
		}
		if !first {
			filed, err = findByNonce(tx, row.NonceHash)
			return err
		}
		if err := insertParts(tx, c, shut); err != nil {
			return err
		}
		err = audit.Record(tx, audit.Entry{Actor: by, Action: "complaint.filed", ObjectKind: "complaint", ObjectID: c.id})
		if err != nil {
			return err
		}
		if r := shut.reading; r != nil && r.Needed {
			if err := promiseReading(tx, *r); err != nil {
				return err
			}
		}
		return outbox.Append(tx, outbox.Promise{Topic: TopicFiled, SubjectID: c.id})
	})
	return filed, err
}
