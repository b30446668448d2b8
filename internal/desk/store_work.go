package desk

import (
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type workRow struct {
	ID         uuid.UUID
	UnitID     uuid.UUID
	Kind       string
	ToUnitID   *uuid.UUID
	ToName     string // JSON
	DecisionID *uuid.UUID
	WalkedAt   *time.Time
	AskedAt    time.Time
	AskedBy    uuid.UUID
}

const workColumns = `w.id, w.unit_id, w.kind, w.to_unit_id, coalesce(u.name::text, '{}') AS to_name, w.decision_id, w.walked_at, w.asked_at, w.asked_by
	FROM desk_work w LEFT JOIN units u ON u.id = w.to_unit_id`

// openWork lists what the unit has to do, oldest first. That something is open
// may be due to what the acting person must not know of: see seen.
func openWork(tx postgres.Tx, unit uuid.UUID) (rows []workRow, err error) {
	err = tx.Gorm().Raw(`SELECT `+workColumns+` WHERE w.unit_id = ? AND w.finished_at IS NULL ORDER BY w.asked_at, w.id`, unit).Scan(&rows).Error
	return rows, err
}

// openHandOvers lists those of all units, for whoever may see them.
func openHandOvers(tx postgres.Tx) (rows []workRow, err error) {
	err = tx.Gorm().Raw(`SELECT ` + workColumns + ` WHERE w.kind = 'handover' AND w.finished_at IS NULL ORDER BY w.asked_at, w.id`).Scan(&rows).Error
	return rows, err
}

func insertWork(tx postgres.Tx, w workRow) error {
	return tx.Gorm().Exec(`INSERT INTO desk_work (id, unit_id, kind, to_unit_id, decision_id, asked_at, asked_by) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		w.ID, w.UnitID, w.Kind, w.ToUnitID, w.DecisionID, w.AskedAt, w.AskedBy).Error
}

// walkedWork writes down that somebody came to the end of what they may see.
func walkedWork(tx postgres.Tx, w uuid.UUID, at time.Time) error {
	return tx.Gorm().Exec(`UPDATE desk_work SET walked_at = ? WHERE id = ? AND finished_at IS NULL`, at, w).Error
}

func finishWork(tx postgres.Tx, w uuid.UUID, at time.Time) error {
	return tx.Gorm().Exec(`UPDATE desk_work SET walked_at = coalesce(walked_at, @at), finished_at = @at WHERE id = @work AND finished_at IS NULL`,
		map[string]any{"at": at, "work": w}).Error
}

// olderKeysNeeded reports whether anything at all is sealed to an older key of
// the acting desk. The answer must reach nobody.
func olderKeysNeeded(tx postgres.Tx) (needed bool, err error) {
	err = tx.Gorm().Raw(`SELECT desk_older_keys_needed()`).Scan(&needed).Error
	return needed, err
}

// handOverLeft reports whether anything at all is left of a hand-over of the
// acting desk. The answer must reach nobody.
func handOverLeft(tx postgres.Tx, w uuid.UUID) (left bool, err error) {
	err = tx.Gorm().Raw(`SELECT hand_over_left(work => ?)`, w).Scan(&left).Error
	return left, err
}

// most is how far envelopes are counted: a bar needs no more.
const most = 10_000

// count counts the rows of a query, up to most.
func count(tx postgres.Tx, query string, args map[string]any) (n int, err error) {
	err = tx.Gorm().Raw(fmt.Sprintf(`SELECT count(*) FROM (%s LIMIT %d) seen`, query, most), args).Scan(&n).Error
	return n, err
}

// The desk's envelopes that the acting person may see: row security hides the
// others. Behind are those under an older key that still exists.
const (
	visible = `SELECT 1 FROM complaint_envelopes e WHERE e.recipient = @desk`
	behind  = `SELECT 1 FROM desk_keys k JOIN complaint_envelopes e ON e.recipient = @desk AND e.key_id = k.id
		WHERE k.unit_id = @unit AND k.retired_at IS NOT NULL AND k.destroyed_at IS NULL
		  AND NOT EXISTS (SELECT FROM desk_given_up g WHERE g.unit_id = k.unit_id AND g.complaint_id = e.complaint_id AND g.key_id = e.key_id)`
	unhanded = visible + ` AND NOT EXISTS (SELECT FROM desk_handed h WHERE h.work_id = @work AND h.complaint_id = e.complaint_id)`
	leftOut  = `SELECT 1 FROM desk_handed h WHERE h.work_id = @work AND h.fate IN ('excluded','unreadable')`
)

func countVisible(tx postgres.Tx, u unitRow) (int, error) {
	return count(tx, visible, map[string]any{"desk": u.Code})
}

func countBehind(tx postgres.Tx, u unitRow) (int, error) {
	return count(tx, behind, map[string]any{"desk": u.Code, "unit": u.ID})
}

func countUnhanded(tx postgres.Tx, u unitRow, w uuid.UUID) (int, error) {
	return count(tx, unhanded, map[string]any{"desk": u.Code, "work": w})
}

func countLeftOut(tx postgres.Tx, w uuid.UUID) (int, error) {
	return count(tx, leftOut, map[string]any{"work": w})
}

type envelopeRow struct {
	ComplaintID uuid.UUID
	KeyID       string
	Envelope    []byte
}

// place is where a walk through the envelopes is.
type place struct {
	KeyID     string
	Complaint uuid.UUID
}

// envelopesBehind lists the desk's envelopes under older keys, from a place on.
func envelopesBehind(tx postgres.Tx, unit unitRow, after place, limit int) (rows []envelopeRow, err error) {
	err = tx.Gorm().Raw(`SELECT e.complaint_id, e.key_id, e.envelope FROM complaint_envelopes e JOIN desk_keys k ON k.id = e.key_id
		WHERE e.recipient = ? AND k.unit_id = ? AND k.retired_at IS NOT NULL AND k.destroyed_at IS NULL
		  AND (e.key_id, e.complaint_id) > (?, ?) ORDER BY e.key_id, e.complaint_id LIMIT ?`,
		unit.Code, unit.ID, after.KeyID, after.Complaint, limit).Scan(&rows).Error
	return rows, err
}

// envelopesToHand lists what is left of a hand-over, by complaint, from one on.
func envelopesToHand(tx postgres.Tx, desk string, w, after uuid.UUID, limit int) (rows []envelopeRow, err error) {
	err = tx.Gorm().Raw(`SELECT e.complaint_id, e.key_id, e.envelope FROM complaint_envelopes e
		WHERE e.recipient = @desk AND e.complaint_id > @after
		  AND NOT EXISTS (SELECT FROM desk_handed h WHERE h.work_id = @work AND h.complaint_id = e.complaint_id)
		ORDER BY e.complaint_id LIMIT @limit`,
		map[string]any{"desk": desk, "after": after, "work": w, "limit": limit}).Scan(&rows).Error
	return rows, err
}

// moveEnvelope reports false when somebody else moved it before.
func moveEnvelope(tx postgres.Tx, desk string, from envelopeRow, to string, envelope []byte) (bool, error) {
	res := tx.Gorm().Exec(`UPDATE complaint_envelopes SET key_id = ?, envelope = ? WHERE complaint_id = ? AND recipient = ? AND key_id = ?`,
		to, envelope, from.ComplaintID, desk, from.KeyID)
	return res.RowsAffected == 1, res.Error
}

// handOver returns what became of it: handed, kept, excluded, unreadable, unread
// or refused. envelope is nil for one that does not open; items is a JSON array.
func handOver(tx postgres.Tx, w, complaint uuid.UUID, desk, key, items string, envelope []byte) (fate string, err error) {
	err = tx.Gorm().Raw(`SELECT hand_envelope_over(work => ?, told => ?, desk => ?, key => ?, held => ARRAY(SELECT json_array_elements_text(?::json)), sealed => ?)`,
		w, complaint, desk, key, items, envelope).Scan(&fate).Error
	return fate, err
}

func insertGivenUp(tx postgres.Tx, unit uuid.UUID, e envelopeRow, decision uuid.UUID) error {
	return tx.Gorm().Exec(`INSERT INTO desk_given_up (unit_id, complaint_id, key_id, decision_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		unit, e.ComplaintID, e.KeyID, decision).Error
}

type fileRow struct {
	DocumentID  uuid.UUID
	Part, KeyID string
	Envelope    []byte
}

// filesBehind lists the envelopes of originals under older keys, from one on.
func filesBehind(tx postgres.Tx, unit unitRow, after uuid.UUID, limit int) (rows []fileRow, err error) {
	err = tx.Gorm().Raw(`SELECT e.document_id, e.part, e.key_id, e.envelope FROM document_envelopes e JOIN desk_keys k ON k.id = e.key_id
		WHERE e.recipient = ? AND k.unit_id = ? AND k.retired_at IS NOT NULL AND k.destroyed_at IS NULL
		  AND e.document_id > ? ORDER BY e.document_id LIMIT ?`, unit.Code, unit.ID, after, limit).Scan(&rows).Error
	return rows, err
}

func moveFile(tx postgres.Tx, desk string, from fileRow, to string, envelope []byte) error {
	return tx.Gorm().Exec(`UPDATE document_envelopes SET key_id = @to, envelope = @envelope WHERE document_id = @id AND recipient = @desk AND key_id = @from`,
		map[string]any{"to": to, "envelope": envelope, "id": from.DocumentID, "desk": desk, "from": from.KeyID}).Error
}
