package decision

import (
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

const columns = `d.id, d.kind, d.subject_id, d.unit_id, d.detail::text AS detail, d.other_unit, d.proposed_by, d.proposed_unit, d.proposed_at,
	d.state, d.decided_by, d.decided_unit, d.decided_at, d.reason, d.key_id, d.signature, d.pin`

type row struct {
	ID           uuid.UUID
	Kind         Kind
	SubjectID    uuid.UUID
	UnitID       uuid.UUID
	Detail       string
	OtherUnit    bool
	ProposedBy   uuid.UUID
	ProposedUnit uuid.UUID
	ProposedAt   time.Time
	State        State
	DecidedBy    *uuid.UUID
	DecidedUnit  *uuid.UUID
	DecidedAt    *time.Time
	Reason       string
	KeyID        string
	Signature    []byte
	Pin          []byte
}

func (r row) decision() Decision {
	d := Decision{
		ID: r.ID, Kind: r.Kind, Subject: r.SubjectID, UnitID: r.UnitID, Detail: []byte(r.Detail), OtherUnit: r.OtherUnit,
		ProposedBy: r.ProposedBy, ProposedUnit: r.ProposedUnit, ProposedAt: r.ProposedAt, State: r.State,
		Reason: r.Reason, KeyID: r.KeyID, Signature: r.Signature, Pin: r.Pin,
	}
	if r.DecidedBy != nil && r.DecidedUnit != nil && r.DecidedAt != nil {
		d.DecidedBy, d.DecidedUnit, d.DecidedAt = *r.DecidedBy, *r.DecidedUnit, *r.DecidedAt
	}
	return d
}

func insert(tx postgres.Tx, d Decision, digest []byte) error {
	return tx.Gorm().Exec(`
		INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at)
		VALUES (?, ?, ?, ?, ?::json, ?, ?, ?, ?, ?)`,
		d.ID, d.Kind, d.Subject, d.UnitID, string(d.Detail), digest, d.OtherUnit, d.ProposedBy, d.ProposedUnit, d.ProposedAt).Error
}

// lock reads the proposal for a verdict. One that the actor's unit has nothing
// to do with is not there.
func lock(tx postgres.Tx, key uuid.UUID) (Decision, error) {
	var r row
	res := tx.Gorm().Raw(`SELECT `+columns+` FROM decisions d WHERE d.id = ? FOR UPDATE`, key).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return Decision{}, errNotFound()
	}
	return r.decision(), res.Error
}

func byID(tx postgres.Tx, key uuid.UUID) (Decision, bool, error) {
	var r row
	res := tx.Gorm().Raw(`SELECT `+columns+` FROM decisions d WHERE d.id = ?`, key).Scan(&r)
	return r.decision(), res.RowsAffected == 1, res.Error
}

func decide(tx postgres.Tx, d Decision) error {
	res := tx.Gorm().Exec(`
		UPDATE decisions SET state = ?, decided_by = ?, decided_unit = ?, decided_at = ?, reason = ?, key_id = ?, signature = ?, pin = ?
		WHERE id = ? AND state = 'waiting'`,
		d.State, d.DecidedBy, d.DecidedUnit, d.DecidedAt, d.Reason, d.KeyID, d.Signature, d.Pin, d.ID)
	if res.Error == nil && res.RowsAffected != 1 {
		return fmt.Errorf("%d rows, want one", res.RowsAffected)
	}
	return res.Error
}

// find returns the approval of that id, or the zero decision.
func find(tx postgres.Tx, key uuid.UUID, kind Kind, subject uuid.UUID) (Decision, error) {
	var r row
	err := tx.Gorm().Raw(`SELECT `+columns+` FROM decisions d WHERE d.id = ? AND d.kind = ? AND d.subject_id = ? AND d.state = 'approved'`,
		key, kind, subject).Scan(&r).Error
	return r.decision(), err
}

// gone lists the verdicts of the record of deeds whose row is there no more.
func gone(tx postgres.Tx) (keys []uuid.UUID, err error) {
	err = tx.Gorm().Raw(`
		SELECT DISTINCT e.object_id FROM audit_entries e
		WHERE e.object_kind = 'decision' AND e.action IN ('decision.approve','decision.refuse')
		  AND NOT EXISTS (SELECT FROM decisions d WHERE d.id = e.object_id AND d.state IN ('approved','refused'))
		ORDER BY e.object_id`).Scan(&keys).Error
	return keys, err
}

// signed lists the verdicts that must bear a signature, oldest first.
func signed(tx postgres.Tx) ([]Decision, error) {
	var rows []row
	err := tx.Gorm().Raw(`SELECT ` + columns + ` FROM decisions d WHERE d.state IN ('approved','refused') ORDER BY d.decided_at, d.id`).Scan(&rows).Error
	all := make([]Decision, 0, len(rows))
	for _, r := range rows {
		all = append(all, r.decision())
	}
	return all, err
}
