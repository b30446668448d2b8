package escalation

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type row struct {
	ID             uuid.UUID
	Ref            string
	AlertID        uuid.UUID
	Grade          Grade
	SubjectKind    string
	SubjectKey     string
	Pattern        string
	UnitID         uuid.UUID
	RaisedAt       time.Time
	AcknowledgeBy  time.Time
	AcknowledgedAt *time.Time
	AcknowledgedBy *uuid.UUID
	ClimbedAt      *time.Time
}

// keyed is a row of which only the key is wanted. gorm takes a bare UUID, an
// array of bytes, for a list.
type keyed struct{ ID uuid.UUID }

func keys(rows []keyed) []uuid.UUID {
	var all []uuid.UUID
	for _, r := range rows {
		all = append(all, r.ID)
	}
	return all
}

// insert adds the row and reports whether it did: not when the alert is
// already escalated at this grade, and not when the reference is taken.
func insert(tx postgres.Tx, e row) (bool, error) {
	res := tx.Gorm().Exec(`
		INSERT INTO escalations (id, ref, alert_id, grade, subject_kind, subject_key, pattern, unit_id, raised_at, acknowledge_by)
		VALUES (?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?)
		ON CONFLICT DO NOTHING`,
		e.ID, e.Ref, e.AlertID, e.Grade, e.SubjectKind, e.SubjectKey, e.Pattern, e.UnitID, e.RaisedAt, e.AcknowledgeBy)
	return res.RowsAffected == 1, res.Error
}

func ofAlert(tx postgres.Tx, alert uuid.UUID, grade Grade) (uuid.UUID, error) {
	var found keyed
	err := tx.Gorm().Raw(`SELECT id FROM escalations WHERE alert_id = ? AND grade = ?`, alert, grade).Scan(&found).Error
	return found.ID, err
}

// latestOf returns the alert's escalation of the highest grade, or uuid.Nil.
func latestOf(tx postgres.Tx, alert uuid.UUID) (uuid.UUID, error) {
	var found keyed
	err := tx.Gorm().Raw(`SELECT id FROM escalations WHERE alert_id = ? ORDER BY raised_at DESC, grade DESC LIMIT 1`, alert).Scan(&found).Error
	return found.ID, err
}

// insertComplaints links the complaints and returns how many were not linked
// before.
func insertComplaints(tx postgres.Tx, key uuid.UUID, complaints []uuid.UUID) (added int64, err error) {
	for _, complaint := range complaints {
		res := tx.Gorm().Exec(`INSERT INTO escalation_complaints (escalation_id, complaint_id) VALUES (?, ?) ON CONFLICT DO NOTHING`,
			key, complaint)
		if res.Error != nil {
			return 0, res.Error
		}
		added += res.RowsAffected
	}
	return added, nil
}

func addJoined(tx postgres.Tx, key uuid.UUID, n int64) error {
	return tx.Gorm().Exec(`UPDATE escalations SET joined = joined + ? WHERE id = ?`, n, key).Error
}

// policy returns the value that was in force on the day, or "" when none was.
func policy(tx postgres.Tx, name string, day time.Time) (string, error) {
	var text string
	err := tx.Gorm().Raw(`SELECT value::text FROM policies WHERE key = ? AND valid_from <= ?::date ORDER BY valid_from DESC LIMIT 1`,
		name, day).Scan(&text).Error
	return text, err
}

// lock reads the row for a decision. found is false when there is none.
func lock(tx postgres.Tx, key uuid.UUID) (e row, found bool, err error) {
	res := tx.Gorm().Raw(`
		SELECT id, ref, grade, unit_id, raised_at, acknowledge_by, acknowledged_at, acknowledged_by, climbed_at
		FROM escalations WHERE id = ? FOR UPDATE`, key).Scan(&e)
	return e, res.RowsAffected == 1, res.Error
}

func markAcknowledged(tx postgres.Tx, key, person uuid.UUID, at time.Time) (bool, error) {
	res := tx.Gorm().Exec(`UPDATE escalations SET acknowledged_at = ?, acknowledged_by = ? WHERE id = ? AND acknowledged_at IS NULL`,
		at, person, key)
	return res.RowsAffected == 1, res.Error
}

func markClimbed(tx postgres.Tx, key uuid.UUID, at time.Time) (bool, error) {
	res := tx.Gorm().Exec(`UPDATE escalations SET climbed_at = ? WHERE id = ? AND climbed_at IS NULL`, at, key)
	return res.RowsAffected == 1, res.Error
}
