package desk

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type workRow struct {
	ID                   uuid.UUID
	UnitID               uuid.UUID
	Kind                 string
	ToUnitID             *uuid.UUID
	ToName               string // JSON
	DecisionID           *uuid.UUID
	Total, Done, Skipped int
	Cursor               *uuid.UUID
	AskedAt              time.Time
	AskedBy              uuid.UUID
}

// openWork lists what the unit has to do, oldest first.
func openWork(tx postgres.Tx, unit uuid.UUID) (rows []workRow, err error) {
	err = tx.Gorm().Raw(`SELECT w.id, w.unit_id, w.kind, w.to_unit_id, coalesce(u.name::text, '{}') AS to_name, w.total, w.done, w.skipped, w.cursor, w.asked_at, w.asked_by
		FROM desk_work w LEFT JOIN units u ON u.id = w.to_unit_id
		WHERE w.unit_id = ? AND w.finished_at IS NULL ORDER BY w.asked_at, w.id`, unit).Scan(&rows).Error
	return rows, err
}

func insertWork(tx postgres.Tx, w workRow) error {
	return tx.Gorm().Exec(`INSERT INTO desk_work (id, unit_id, kind, to_unit_id, decision_id, total, asked_at, asked_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		w.ID, w.UnitID, w.Kind, w.ToUnitID, w.DecisionID, w.Total, w.AskedAt, w.AskedBy).Error
}

func advanceWork(tx postgres.Tx, w uuid.UUID, done, skipped int, cursor *uuid.UUID) error {
	return tx.Gorm().Exec(`UPDATE desk_work SET done = done + ?, skipped = skipped + ?, cursor = coalesce(?, cursor), total = greatest(total, done + ?) WHERE id = ?`,
		done, skipped, cursor, done, w).Error
}

func setTotal(tx postgres.Tx, w uuid.UUID, total, skipped int) error {
	return tx.Gorm().Exec(`UPDATE desk_work SET total = ?, skipped = ? WHERE id = ?`, total, skipped, w).Error
}

func finishWork(tx postgres.Tx, w uuid.UUID, at time.Time) error {
	return tx.Gorm().Exec(`UPDATE desk_work SET finished_at = ? WHERE id = ?`, at, w).Error
}

// left counts the acting desk's envelopes that are not under its current key.
func left(tx postgres.Tx) (n int, err error) {
	err = tx.Gorm().Raw(`SELECT desk_left()`).Scan(&n).Error
	return n, err
}

type envelopeRow struct {
	ComplaintID uuid.UUID
	KeyID       string
	Items       string // as a JSON array
	Envelope    []byte
}

// place is where a walk through the envelopes is.
type place struct {
	KeyID     string
	Complaint uuid.UUID
}

// envelopesBehind lists the desk's envelopes under other keys than the current
// one, from a place on.
func envelopesBehind(tx postgres.Tx, desk, current string, after place, limit int) (rows []envelopeRow, err error) {
	err = tx.Gorm().Raw(`SELECT complaint_id, key_id, envelope FROM complaint_envelopes
		WHERE recipient = ? AND key_id <> ? AND (key_id, complaint_id) > (?, ?) ORDER BY key_id, complaint_id LIMIT ?`,
		desk, current, after.KeyID, after.Complaint, limit).Scan(&rows).Error
	return rows, err
}

// envelopesAfter lists the desk's envelopes by complaint, from one on.
func envelopesAfter(tx postgres.Tx, desk, current string, after uuid.UUID, limit int) (rows []envelopeRow, err error) {
	err = tx.Gorm().Raw(`SELECT complaint_id, key_id, array_to_json(items)::text AS items, envelope FROM complaint_envelopes
		WHERE recipient = ? AND key_id = ? AND complaint_id > ? ORDER BY complaint_id LIMIT ?`, desk, current, after, limit).Scan(&rows).Error
	return rows, err
}

func countEnvelopes(tx postgres.Tx, desk string) (n int, err error) {
	err = tx.Gorm().Raw(`SELECT count(*) FROM complaint_envelopes WHERE recipient = ?`, desk).Scan(&n).Error
	return n, err
}

// moveEnvelope reports false when somebody else moved it before.
func moveEnvelope(tx postgres.Tx, desk string, from envelopeRow, to string, envelope []byte) (bool, error) {
	res := tx.Gorm().Exec(`UPDATE complaint_envelopes SET key_id = ?, envelope = ? WHERE complaint_id = ? AND recipient = ? AND key_id = ?`,
		to, envelope, from.ComplaintID, desk, from.KeyID)
	return res.RowsAffected == 1, res.Error
}

// handOver returns what became of it: handed, kept, excluded or refused.
func handOver(tx postgres.Tx, complaint uuid.UUID, desk, key, items string, envelope []byte) (fate string, err error) {
	err = tx.Gorm().Raw(`SELECT hand_envelope_over(told => ?, desk => ?, key => ?, held => ARRAY(SELECT json_array_elements_text(?::json)), sealed => ?)`,
		complaint, desk, key, items, envelope).Scan(&fate).Error
	return fate, err
}
