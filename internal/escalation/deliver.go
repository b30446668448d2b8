package escalation

import (
	"context"
	"fmt"
	"slices"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Deliver keeps the promise TopicRaised: a letter is promised to every
// investigator, duty officer and overseer of the unit. The escalation itself
// stands in the inbox from the moment it was raised. Running it twice delivers
// nothing twice.
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
		return s.tell(tx, by, e, letter.Raised, identity.RoleInvestigator, identity.RoleDutyOfficer, identity.RoleOverseer)
	})
	if err != nil {
		return fmt.Errorf("deliver escalation: %w", err)
	}
	return nil
}

// onDuty lists who is genuinely on duty in the unit in one of the roles and may
// know of the escalation. A person with two hats is one person.
func (s *Service) onDuty(tx postgres.Tx, e row, roles []identity.Role) (people []uuid.UUID, err error) {
	all, err := seats(tx, e, roles)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if s.deps.People.Granted(m.PersonID, e.UnitID, m.Role, m.DecisionID, m.Pin) && !slices.Contains(people, m.PersonID) {
			people = append(people, m.PersonID)
		}
	}
	return people, nil
}

// tell promises the letters of one step.
func (s *Service) tell(tx postgres.Tx, by identity.Actor, e row, of letter.Step, roles ...identity.Role) error {
	people, err := s.onDuty(tx, e, roles)
	if err != nil {
		return err
	}
	if err := letter.Promise(tx, letter.Cause{EscalationID: e.ID}, of, people, s.deps.Clock.Now()); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: by, Action: "escalation.deliver", ObjectKind: "escalation", ObjectID: e.ID})
}
