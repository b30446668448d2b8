package escalation

import (
	"time"

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

// insertDelivery adds the row and reports whether it did: a person is told
// once of each step.
func insertDelivery(tx postgres.Tx, key, escalation uuid.UUID, step step, person uuid.UUID, at time.Time) (bool, error) {
	res := tx.Gorm().Exec(`
		INSERT INTO deliveries (id, escalation_id, step, person_id, made_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (escalation_id, step, person_id) DO NOTHING`, key, escalation, step, person, at)
	return res.RowsAffected == 1, res.Error
}

// delivery is one letter to be sent.
type delivery struct {
	ID            uuid.UUID
	EscalationID  uuid.UUID
	Step          step
	SentAt        *time.Time
	Email         string
	Language      string
	DeactivatedAt *time.Time
}

func findDelivery(tx postgres.Tx, key uuid.UUID) (d delivery, err error) {
	err = tx.Gorm().Raw(`
		SELECT d.id, d.escalation_id, d.step, d.sent_at, p.email, p.language, p.deactivated_at
		FROM deliveries d JOIN people p ON p.id = d.person_id WHERE d.id = ?`, key).Scan(&d).Error
	return d, err
}

func markSent(tx postgres.Tx, key uuid.UUID, at time.Time) error {
	return tx.Gorm().Exec(`UPDATE deliveries SET sent_at = ? WHERE id = ? AND sent_at IS NULL`, at, key).Error
}
