package escalation

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Climb keeps the promise TopicOverdue: the deadline has come, and when nobody
// acknowledged the escalation its commanders, or all overseers, are told. It climbs once; an
// acknowledgement that came first, by the lock on the row, makes it stay.
func (s *Service) Climb(ctx context.Context, promiseID uuid.UUID) error {
	by := identity.System("clock")
	if err := authority.Require(by, authority.EscalationClimb, authority.Object{}); err != nil {
		return err
	}
	err := outbox.Fulfil(ctx, s.deps.DB, by, promiseID, func(tx postgres.Tx, p outbox.Promise) error {
		e, found, err := lock(tx, p.SubjectID)
		if err != nil || !found || e.AcknowledgedAt != nil {
			return err
		}
		climbed, err := markClimbed(tx, e.ID, s.deps.Clock.Now())
		if err != nil || !climbed {
			return err
		}
		if err := audit.Record(tx, audit.Entry{Actor: by, Action: "escalation.climb", ObjectKind: "escalation", ObjectID: e.ID}); err != nil {
			return err
		}
		defer s.deps.Step("climb: before commit")
		return s.tell(tx, by, e, letter.Climbed, identity.RoleCommander, identity.RoleOverseer)
	})
	if err != nil {
		return fmt.Errorf("climb escalation: %w", err)
	}
	return nil
}
