package application

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Incomplete is the error of a dossier that cannot be filed yet.
type Incomplete struct{ Gaps []dossier.Gap }

// Error says how many answers are missing.
func (e *Incomplete) Error() string {
	return fmt.Sprintf("%d answers are missing or wrong", len(e.Gaps))
}

// File hands the agency's open draft to the ministry, as another round. Gaps are an
// *Incomplete; a licence that was revoked meanwhile is a Conflict fault.
func (s *Service) File(ctx context.Context, actor identity.Actor) error {
	if err := authority.Require(actor, authority.ApplicationFile, authority.Object{AgencyID: actor.AgencyID}); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		d, err := draftOf(tx, actor.AgencyID, forUpdate)
		if err != nil {
			return err
		}
		if !CanMove(d.Status, Filed) {
			return fault.New(fault.Conflict, "licensing.with_the_ministry")
		}
		book, err := s.Laws.Book(tx)
		if err != nil {
			return err
		}
		asks := asksOn(book, s.Today(), d.Kind)
		gaps := d.Answers.Gaps(asks.of(s.Today()))
		missing, err := missingPapers(tx, actor.AgencyID, asks, s.Today())
		if err != nil {
			return err
		}
		for range missing {
			gaps = append(gaps, dossier.Gap{Section: papersSection, Problem: dossier.Problem{Code: "dossier.gap.document"}})
		}
		if len(gaps) > 0 {
			return &Incomplete{gaps}
		}
		// The application first, the agency's row second, as a decision takes them:
		// the other way round the two could wait for each other.
		licence, err := licensing.HoldLicence(tx, actor.AgencyID)
		if err != nil {
			return err
		}
		if licence.StateOn(s.Today()) == licensing.Revoked {
			return fault.New(fault.Conflict, "licensing.barred")
		}
		if err := insertVersion(tx, d, actor, s.now()); err != nil {
			return err
		}
		if err := moveFiled(tx, d.ID, actor, s.now()); err != nil {
			return err
		}
		if err := fitness.Promise(tx, d.ID); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: actor, Action: "application.filed", ObjectKind: "application", ObjectID: d.ID})
	})
	if err != nil {
		return fmt.Errorf("file application: %w", err)
	}
	return nil
}

// Withdraw ends the agency's open application, filed or not.
func (s *Service) Withdraw(ctx context.Context, actor identity.Actor) error {
	if err := authority.Require(actor, authority.ApplicationFile, authority.Object{AgencyID: actor.AgencyID}); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		d, err := draftOf(tx, actor.AgencyID, forUpdate)
		if err != nil {
			return err
		}
		if err := move(tx, d.ID, d.Status, Withdrawn); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: actor, Action: "application.withdrawn", ObjectKind: "application", ObjectID: d.ID})
	})
	if err != nil {
		return fmt.Errorf("withdraw application: %w", err)
	}
	return nil
}

// held is an application that the transaction keeps to itself.
type held struct {
	ID       uuid.UUID
	AgencyID uuid.UUID
	Kind     Kind
	Status   Status
	Round    int
	FiledBy  uuid.UUID
}
