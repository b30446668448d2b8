package complaint

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

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
	if err := out.address(sealer, mailbox.Recipient(), names); err != nil {
		return closed{}, err
	}
	plan, err := s.plan(ctx, c, seen, names, standing{})
	if err != nil {
		return closed{}, err
	}
	if err := s.address(ctx, c, sealer, plan.now, &out); err != nil {
		return closed{}, err
	}
	out.excluded, out.reading = plan.excluded, plan.reading
	return out, nil
}

// wrapper makes envelopes: who seals a complaint, or holds what is passed on.
type wrapper interface {
	EnvelopeFor(to seal.Recipient, items ...seal.Item) ([]byte, error)
}

// address makes the envelopes of the desks, by their codes, and what they disclose.
func (s *Service) address(ctx context.Context, c Complaint, from wrapper, to map[string]share, out *closed) error {
	for _, code := range slices.Sorted(maps.Keys(to)) {
		part := to[code]
		desk, err := s.Desks.Public(ctx, code)
		if err != nil {
			return err
		}
		if err := out.address(from, desk, part.list()); err != nil {
			return err
		}
		for _, person := range slices.Sorted(maps.Keys(part.bases)) {
			out.disclosures = append(out.disclosures, disclosure{Person: person, Recipient: desk.Name, Basis: part.bases[person], GivenAt: c.at})
		}
	}
	return nil
}

func (c *closed) address(from wrapper, to seal.Recipient, items []seal.Item) error {
	envelope, err := from.EnvelopeFor(to, items...)
	if err != nil {
		return err
	}
	c.envelopes = append(c.envelopes, envelopeRow{Recipient: to.Name, KeyID: to.KeyID, Items: items, Envelope: envelope})
	return nil
}

// errMeanwhile says that a complaint came to stand otherwise while it was being
// sealed to somebody.
var errMeanwhile = errors.New("the complaint stands otherwise by now")

// again does what seals to desks, and does it once more when a desk got a new key
// meanwhile or the complaint came to stand otherwise. Where that happens again and
// again it is a Conflict fault.
func again(desks DeskKeys, do func() error) error {
	const attempts = 4
	for range attempts {
		err := do()
		switch {
		case postgres.Violates(err, "envelope_key_is_current"):
			desks.Refresh()
		case !errors.Is(err, errMeanwhile):
			return err
		}
	}
	return fault.New(fault.Conflict, "problem.conflict")
}
