package licensing

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// File records an application of the actor's own agency and returns its id.
// Wrong fields are an Invalid fault; an application that is still open, and a
// licence that is suspended or revoked, are Conflict faults.
func (s *Service) File(ctx context.Context, actor identity.Actor, a Application) (uuid.UUID, error) {
	if err := authority.Require(actor, authority.ApplicationFile, authority.Object{AgencyID: actor.AgencyID}); err != nil {
		return uuid.Nil, err
	}
	a, err := a.normal(s.home)
	if err != nil {
		return uuid.Nil, err
	}
	key := id.New()
	err = s.db.InTx(ctx, actor, func(tx postgres.Tx) error {
		book, err := s.laws.Book(tx)
		if err != nil {
			return err
		}
		if err := asksOn(book, s.Today(), false).allows(a); err != nil {
			return err
		}
		// The application first, the agency's row second, as a decision takes them:
		// the other way round the two could wait for each other.
		fresh, err := insertApplication(tx, key, actor, a, s.clock.Now())
		if err != nil {
			return err
		}
		if !fresh {
			return fault.New(fault.Conflict, "licensing.already_open").With("declaration", "licensing.already_open")
		}
		licence, err := HoldLicence(tx, actor.AgencyID)
		if err != nil {
			return err
		}
		if state := licence.StateOn(s.Today()); state == Suspended || state == Revoked {
			return fault.New(fault.Conflict, "licensing.barred").With("declaration", "licensing.barred")
		}
		return audit.Record(tx, audit.Entry{Actor: actor, Action: "application.filed", ObjectKind: "application", ObjectID: key})
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("file application: %w", err)
	}
	return key, nil
}
