package escalation

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Acknowledgement is who took an escalation on, and when.
type Acknowledgement struct {
	Ref string
	By  string // the person's name, as colleagues know it
	At  time.Time
}

// Acknowledge takes the escalation on for the actor's unit. The first one
// does; everybody later, the first person included, gets a Conflict and the
// acknowledgement that stands. An escalation of another unit is not there.
func (s *Service) Acknowledge(ctx context.Context, by identity.Actor, key uuid.UUID) (Acknowledgement, error) {
	var standing Acknowledgement
	var late bool
	err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		e, found, err := lock(tx, key)
		if err != nil {
			return err
		}
		if !found {
			return errNotFound()
		}
		if err := authority.Require(by, own(by, authority.EscalationAcknowledge), authority.Object{UnitID: e.UnitID}); err != nil {
			return err
		}
		if late = e.AcknowledgedAt != nil; !late {
			if _, err := markAcknowledged(tx, key, by.PersonID, s.deps.Clock.Now()); err != nil {
				return err
			}
			if err := audit.Record(tx, audit.Entry{Actor: by, Action: "escalation.acknowledge", ObjectKind: "escalation", ObjectID: key}); err != nil {
				return err
			}
		}
		standing, err = acknowledgement(tx, key)
		return err
	})
	if err != nil {
		return Acknowledgement{}, fmt.Errorf("acknowledge escalation: %w", err)
	}
	if late {
		return standing, fault.New(fault.Conflict, "police.acknowledge.late")
	}
	return standing, nil
}

func errNotFound() error { return fault.New(fault.NotFound, "problem.not_found") }
