package complaint

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
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
	filed, err := s.record(ctx, by, c, row, seen.agencyID, receipt)
	if postgres.Violates(err, "envelope_key_is_current") {
		// A desk got a new key while this was sealed: once more, to that one.
		s.Desks.Refresh()
		filed, err = s.record(ctx, by, c, row, seen.agencyID, receipt)
	}
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
	filed := Filed{ID: c.id, FiledAt: c.filedAt}
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

// closed is a complaint's sealed side.
type closed struct {
	items       []itemRow
	envelopes   []envelopeRow
	disclosures []disclosure
	excluded    map[uuid.UUID]why
	reading     *reading
}

// close seals the complaint in memory, before the transaction. seen is the
// agency that it names, as far as the register knows it.
func (s *Service) close(ctx context.Context, c Complaint, seen uuid.UUID, receipt Receipt) (closed, error) {
	contents, err := c.contents()
	if err != nil {
		return closed{}, err
	}
	names := slices.Sorted(maps.Keys(contents))
	mailbox, err := seal.MailboxOf(receipt.Code())
	if err != nil {
		return closed{}, err
	}
	// On disk before the transaction begins: what commits can be opened.
	shredKeys, err := s.Shred.Take(len(names))
	if err != nil {
		return closed{}, err
	}
	var out closed
	sealer := seal.New(c.id)
	for i, item := range names {
		ciphertext, err := sealer.Put(item, shredKeys[i].Secret, contents[item])
		if err != nil {
			return closed{}, err
		}
		out.items = append(out.items, itemRow{Item: item, Schema: seal.Schema, Slot: shredKeys[i].Slot, Ciphertext: ciphertext})
	}
	address := func(to seal.Recipient, items []seal.Item) error {
		envelope, err := sealer.EnvelopeFor(to, items...)
		if err != nil {
			return err
		}
		out.envelopes = append(out.envelopes, envelopeRow{Recipient: to.Name, KeyID: to.KeyID, Items: items, Envelope: envelope})
		return nil
	}
	if err := address(mailbox.Recipient(), names); err != nil {
		return closed{}, err
	}
	plan, err := s.plan(ctx, c, seen, names)
	if err != nil {
		return closed{}, err
	}
	for _, code := range slices.Sorted(maps.Keys(plan.now)) {
		part := plan.now[code]
		to, err := s.Desks.Public(ctx, code)
		if err != nil {
			return closed{}, err
		}
		if err := address(to, part.list()); err != nil {
			return closed{}, err
		}
		for person, why := range part.bases {
			out.disclosures = append(out.disclosures, disclosure{Person: person, Recipient: to.Name, Basis: why, GivenAt: c.filedAt})
		}
	}
	out.excluded, out.reading = plan.excluded, plan.reading
	return out, nil
}
