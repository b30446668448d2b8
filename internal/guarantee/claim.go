package guarantee

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// RecordClaim writes down what an award gives somebody against the agency. Mistakes
// are faults at the fields claim_amount, source and award.
func (s *Service) RecordClaim(ctx context.Context, actor identity.Actor, agency uuid.UUID, a Award) (uuid.UUID, error) {
	if err := authority.Require(actor, authority.GuaranteeClaim, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	wrong := fault.Fields{}
	var code string
	if a.Reference, code = text(a.Reference, maxAward); code != "" {
		wrong["award"] = code
	}
	if !slices.Contains(Sources(), a.Source) {
		wrong["source"] = "form.choice"
	}
	if a.Amount.Minor <= 0 || a.Amount.Minor > money.Max || !money.Known(a.Amount.Currency) {
		wrong["claim_amount"] = "guarantee.error.amount"
	}
	if err := fault.FromFields(wrong); err != nil {
		return uuid.Nil, err
	}
	key := id.New()
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		if err := lockAgency(tx, agency); err != nil {
			return err
		}
		if err := insertClaim(tx, key, agency, a, actor, s.now()); err != nil {
			return err
		}
		return record(tx, actor, "claim_recorded", agency)
	})
	switch {
	case postgres.Violates(err, "guarantee_claims_agency_id_source_award_key"):
		return uuid.Nil, fault.Field("award", "guarantee.error.award")
	case err != nil:
		return uuid.Nil, fmt.Errorf("record a claim: %w", err)
	}
	return key, nil
}

// Change is what became of an award.
type Change struct {
	EnforceableOn time.Time
	Appealed      bool
	Ending        Ending // "" while the claim goes on
}

// ChangeClaim writes it down. A claim that has ended, or of which all was called, is a
// Conflict fault.
func (s *Service) ChangeClaim(ctx context.Context, actor identity.Actor, claim uuid.UUID, to Change) error {
	if err := authority.Require(actor, authority.GuaranteeClaim, authority.Object{}); err != nil {
		return err
	}
	if to.Ending != "" && !slices.Contains(Endings(), to.Ending) {
		return fault.Field("ending", "form.choice")
	}
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		c, err := claimOf(tx, claim)
		if err != nil {
			return err
		}
		// As a call does: the agency's row first, and the claim as it is then.
		if err := lockAgency(tx, c.AgencyID); err != nil {
			return err
		}
		if c, err = claimOf(tx, claim); err != nil {
			return err
		}
		if !c.Open() {
			return fault.New(fault.Conflict, "guarantee.error.claim_over")
		}
		if err := updateClaim(tx, claim, to, s.Today()); err != nil {
			return err
		}
		deed := "claim_changed"
		if to.Ending != "" {
			deed = "claim_ended"
		}
		return record(tx, actor, deed, c.AgencyID)
	})
	if err != nil {
		return fmt.Errorf("change a claim: %w", err)
	}
	return nil
}
