package escalation

import (
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// seat is a membership by which somebody may be told.
type seat struct {
	PersonID   uuid.UUID
	Role       identity.Role
	DecisionID uuid.UUID // zero for none
	Pin        []byte
}

// seats lists who works in the escalation's unit in one of the roles, by person.
// Somebody is left out whose other office a complaint behind it is kept from.
func seats(tx postgres.Tx, e row, roles []identity.Role) (all []seat, err error) {
	err = tx.Gorm().Raw(`
		SELECT p.id AS person_id, m.role, coalesce(m.decision_id, @none) AS decision_id, m.pin
		FROM memberships m JOIN people p ON p.id = m.person_id
		WHERE m.unit_id = @unit AND m.role IN @roles AND p.deactivated_at IS NULL
		  AND NOT EXISTS (SELECT FROM escalation_complaints c WHERE c.escalation_id = @key AND kept_from(c.complaint_id, p.id))
		ORDER BY p.id, m.role`, map[string]any{"unit": e.UnitID, "roles": roles, "key": e.ID, "none": uuid.Nil}).Scan(&all).Error
	return all, err
}
