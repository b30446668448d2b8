package guarantee

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Post proposes that the agency posts a guarantee, for a second officer to confirm,
// and returns the decision that waits. A top-up is a posting like the first. Mistakes
// are faults at the fields kind, bank, reference, amount, valid_from and expires_on.
func (s *Service) Post(ctx context.Context, actor identity.Actor, agency uuid.UUID, g Posting, p Proposer) (uuid.UUID, error) {
	if err := authority.Require(actor, authority.GuaranteePropose, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	g, err := g.check(s.Today())
	if err != nil {
		return uuid.Nil, err
	}
	key := id.New()
	err = s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		if err := lockAgency(tx, agency); err != nil {
			return err
		}
		taken, err := referenceTaken(tx, agency, g)
		if err != nil {
			return err
		}
		if taken {
			return fault.Field("reference", "guarantee.error.reference")
		}
		proposal := decision.Proposal{
			ID: key, Kind: PostKind, Subject: agency, UnitID: actor.UnitID, Detail: map[string]string{"guarantee": key.String()},
		}
		if _, err := p.ProposeIn(tx, actor, proposal); err != nil {
			return err
		}
		return insertGuarantee(tx, key, key, agency, g, actor.PersonID, s.now())
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("propose a guarantee: %w", err)
	}
	return key, nil
}

// check returns the guarantee as it is kept.
func (g Posting) check(today time.Time) (Posting, error) {
	wrong := fault.Fields{}
	report := func(field, code string) {
		if code != "" {
			wrong[field] = code
		}
	}
	var code string
	g.Bank, code = text(g.Bank, maxBank)
	report("bank", code)
	g.Reference, code = text(g.Reference, maxReference)
	report("reference", code)
	if !slices.Contains(Kinds(), g.Kind) {
		report("kind", "form.choice")
	}
	if g.Amount.Minor <= 0 || g.Amount.Minor > money.Max || !money.Known(g.Amount.Currency) {
		report("amount", "guarantee.error.amount")
	}
	if g.From.IsZero() {
		report("valid_from", "form.date")
	}
	switch {
	case g.Until.IsZero() && g.Kind == Bank:
		report("expires_on", "guarantee.error.expiry")
	case !g.Until.IsZero() && g.Until.Before(g.From):
		report("expires_on", "guarantee.error.order")
	case !g.Until.IsZero() && g.Until.Before(today):
		report("expires_on", "guarantee.error.over")
	}
	return g, fault.FromFields(wrong)
}

// mayPost is asked when it is proposed, before the guarantee is on record, and again
// before the effect.
func (s *Service) mayPost(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
	if by.PersonID == d.ProposedBy {
		return nil // Post has looked
	}
	g, agency, proposer, err := proposedGuarantee(tx, d.ID)
	switch {
	case err != nil:
		return err
	case agency != d.Subject || proposer != d.ProposedBy:
		return fault.New(fault.Conflict, "problem.conflict")
	case g.Over(s.Today()):
		return fault.New(fault.Conflict, "guarantee.error.over")
	}
	return nil
}

func (s *Service) post(tx postgres.Tx, d decision.Decision) error {
	g, agency, _, err := proposedGuarantee(tx, d.ID)
	if err != nil {
		return err
	}
	e := entry{ID: id.New(), Agency: agency, Kind: Posted, Day: s.Today(), Decision: d.ID, By: d.By.PersonID, At: s.now()}
	if err := insertEntry(tx, e, posting(g)); err != nil {
		return err
	}
	if err := s.putBack(tx, agency, g.Amount); err != nil {
		return err
	}
	return record(tx, d.By, "posted", agency)
}

func posting(g Guarantee) []Line {
	out := g.Amount
	out.Minor = -out.Minor
	return []Line{{Guarantee: g.ID, Account: OfBank, Amount: out}, {Guarantee: g.ID, Account: Held, Amount: g.Amount}}
}

// putBack counts a posting towards what the agency has to put back, the oldest first.
func (s *Service) putBack(tx postgres.Tx, agency uuid.UUID, posted money.Money) error {
	open, err := topUpsOf(tx, agency)
	if err != nil {
		return err
	}
	for _, t := range open {
		if t.Missing.Currency != posted.Currency || posted.Minor <= 0 {
			continue
		}
		part := min(t.Missing.Minor, posted.Minor)
		posted.Minor -= part
		if err := lessTopUp(tx, t.EntryID, t.Missing.Minor-part, s.Today()); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) postFacts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	g, agency, _, err := proposedGuarantee(tx, d.ID)
	if err != nil {
		return nil, err
	}
	first, err := ofAgency(tx, agency)
	facts := []decision.Fact{
		first,
		{Key: "guarantee.kind", Word: "guarantee.kind." + string(g.Kind)},
		{Key: "guarantee.bank", Text: g.Bank},
		{Key: "guarantee.reference", Text: g.Reference},
		{Key: "guarantee.amount", Text: g.Amount.String()},
		{Key: "guarantee.valid_from", Day: g.From},
	}
	if g.Until.IsZero() {
		return append(facts, decision.Fact{Key: "guarantee.expires_on", Word: "guarantee.open_ended"}), err
	}
	return append(facts, decision.Fact{Key: "guarantee.expires_on", Day: g.Until}), err
}

// Enter writes down what was posted before the portal was there, as an operator's
// command: nobody else decided it here. Twice is once.
func (s *Service) Enter(ctx context.Context, by identity.Actor, agency uuid.UUID, g Posting) error {
	if err := authority.Require(by, authority.GuaranteeEnter, authority.Object{}); err != nil {
		return err
	}
	g, err := g.check(g.From)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		if err := lockAgency(tx, agency); err != nil {
			return err
		}
		posted, err := alreadyPosted(tx, agency, g)
		if err != nil || posted {
			return err
		}
		key := id.New()
		if err := insertGuarantee(tx, key, uuid.Nil, agency, g, uuid.Nil, s.now()); err != nil {
			return err
		}
		e := entry{ID: id.New(), Agency: agency, Kind: Posted, Day: g.From, At: s.now()}
		if err := insertEntry(tx, e, posting(Guarantee{ID: key, Posting: g})); err != nil {
			return err
		}
		return record(tx, by, "entered", agency)
	})
}
