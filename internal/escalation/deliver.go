package escalation

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// step is what somebody is told of.
type step string

const (
	stepRaised  step = "raised"
	stepClimbed step = "climbed"
)

// Deliver keeps the promise TopicRaised: a delivery for every investigator,
// duty officer and overseer of the unit, and for each a promise to mail. The escalation
// itself stands in the inbox from the moment it was raised. Running it twice
// delivers nothing twice.
func (s *Service) Deliver(ctx context.Context, promiseID uuid.UUID) error {
	by := identity.System("delivery")
	if err := authority.Require(by, authority.EscalationDeliver, authority.Object{}); err != nil {
		return err
	}
	err := outbox.Fulfil(ctx, s.deps.DB, by, promiseID, func(tx postgres.Tx, p outbox.Promise) error {
		e, found, err := lock(tx, p.SubjectID)
		if err != nil || !found {
			return err
		}
		defer s.deps.Step("deliver: before commit")
		return s.tell(tx, by, e, stepRaised, identity.RoleInvestigator, identity.RoleDutyOfficer, identity.RoleOverseer)
	})
	if err != nil {
		return fmt.Errorf("deliver escalation: %w", err)
	}
	return nil
}

// tell makes the deliveries of one step. The mailbox is remote, so that each
// letter is a promise of its own: one that bounces holds up no other.
func (s *Service) tell(tx postgres.Tx, by identity.Actor, e row, of step, roles ...identity.Role) error {
	people, err := onDuty(tx, e.UnitID, roles)
	if err != nil {
		return err
	}
	for _, person := range people {
		key := id.New()
		added, err := insertDelivery(tx, key, e.ID, of, person, s.deps.Clock.Now())
		if err != nil {
			return err
		}
		if !added {
			continue
		}
		if err := outbox.Append(tx, outbox.Promise{Topic: TopicSend, SubjectID: key}); err != nil {
			return err
		}
	}
	return audit.Record(tx, audit.Entry{Actor: by, Action: "escalation.deliver", ObjectKind: "escalation", ObjectID: e.ID})
}
