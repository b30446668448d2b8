package letter

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// insert adds the row and reports whether it did: a person is told once of each
// step.
func insert(tx postgres.Tx, key uuid.UUID, of Cause, step Step, person uuid.UUID, at time.Time) (bool, error) {
	res := tx.Gorm().Exec(`
		INSERT INTO deliveries (id, escalation_id, reading_id, notice_id, fitness_check_id, step, person_id, made_at)
		VALUES (@id, NULLIF(CAST(@escalation AS uuid), @nobody), NULLIF(CAST(@reading AS uuid), @nobody), NULLIF(CAST(@notice AS uuid), @nobody),
			NULLIF(CAST(@check AS uuid), @nobody), @step, @person, @at)
		ON CONFLICT DO NOTHING`, map[string]any{
		"id": key, "escalation": of.EscalationID, "reading": of.ReadingID, "notice": of.NoticeID, "check": of.CheckID, "nobody": uuid.Nil, "step": step, "person": person, "at": at,
	})
	return res.RowsAffected == 1, res.Error
}

// delivery is one letter to be sent.
type delivery struct {
	ID            uuid.UUID
	Step          Step
	SentAt        *time.Time
	Email         string
	Language      string
	DeactivatedAt *time.Time
}

func find(tx postgres.Tx, key uuid.UUID) (d delivery, err error) {
	err = tx.Gorm().Raw(`
		SELECT d.id, d.step, d.sent_at, p.email, p.language, p.deactivated_at
		FROM deliveries d JOIN people p ON p.id = d.person_id WHERE d.id = ?`, key).Scan(&d).Error
	return d, err
}

func markSent(tx postgres.Tx, key uuid.UUID, at time.Time) error {
	return tx.Gorm().Exec(`UPDATE deliveries SET sent_at = ? WHERE id = ? AND sent_at IS NULL`, at, key).Error
}
