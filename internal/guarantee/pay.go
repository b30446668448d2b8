package guarantee

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// RecordPaid writes down that the bank paid what a letter asked for. A second time it
// is a Conflict fault.
func (s *Service) RecordPaid(ctx context.Context, actor identity.Actor, letter uuid.UUID) error {
	if err := authority.Require(actor, authority.GuaranteeClaim, authority.Object{}); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		l, err := letterOf(tx, letter)
		if err != nil {
			return err
		}
		if err := lockAgency(tx, l.AgencyID); err != nil {
			return err
		}
		if l.Kind != Called {
			return fault.New(fault.Conflict, "problem.conflict")
		}
		reserved, err := reservedBy(tx, letter)
		if err != nil {
			return err
		}
		var lines []Line
		for _, r := range reserved {
			out := r
			out.Amount.Minor = -out.Amount.Minor
			lines = append(lines, out)
			r.Account = PaidOut
			lines = append(lines, r)
		}
		e := entry{ID: id.New(), Agency: l.AgencyID, Kind: Paid, Day: s.Today(), Letter: letter, By: actor.PersonID, At: s.now()}
		if err := insertEntry(tx, e, lines); err != nil {
			return err
		}
		return record(tx, actor, "paid", l.AgencyID)
	})
	switch {
	case postgres.Violates(err, "guarantee_entries_of_letter_key"):
		return fault.New(fault.Conflict, "guarantee.error.paid")
	case err != nil:
		return fmt.Errorf("record a payment: %w", err)
	}
	return nil
}
