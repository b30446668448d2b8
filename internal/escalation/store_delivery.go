package escalation

import (
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// onDuty lists who works in the unit in one of the roles. A person with two
// hats is one person.
func onDuty(tx postgres.Tx, unit uuid.UUID, roles []identity.Role) ([]uuid.UUID, error) {
	var people []keyed
	err := tx.Gorm().Raw(`
		SELECT DISTINCT p.id FROM memberships m JOIN people p ON p.id = m.person_id
		WHERE m.unit_id = ? AND m.role IN ? AND p.deactivated_at IS NULL ORDER BY p.id`, unit, roles).Scan(&people).Error
	return keys(people), err
}
