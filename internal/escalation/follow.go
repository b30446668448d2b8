package escalation

import (
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Follow links complaints that joined an alert after it was escalated to its
// latest escalation, within the transaction that found them. The frozen
// pattern stays as it was; those who hold the case see that more came.
func (s *Service) Follow(tx postgres.Tx, by identity.Actor, alertID uuid.UUID, complaints []uuid.UUID) error {
	key, err := latestOf(tx, alertID)
	if err != nil || key == uuid.Nil {
		return err
	}
	added, err := insertComplaints(tx, key, complaints)
	if err != nil || added == 0 {
		return err
	}
	if err := addJoined(tx, key, added); err != nil {
		return fmt.Errorf("follow escalation: %w", err)
	}
	return audit.Record(tx, audit.Entry{Actor: by, Action: "escalation.follow", ObjectKind: "escalation", ObjectID: key})
}
