package retention

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

func insertHold(tx postgres.Tx, id uuid.UUID, by identity.Actor, h Held, reason Reason, now time.Time) error {
	return tx.Gorm().Exec(`
		INSERT INTO holds (id, complaint_id, agency_id, filed_from, filed_until, reason, placed_by, placed_unit, placed_at)
		VALUES (?, ?, ?, CAST(? AS date), CAST(? AS date), ?, ?, ?, ?)`,
		id, optional(h.Complaint), optional(h.Agency), day(h.From), day(h.Until), string(reason), by.PersonID, by.UnitID, now).Error
}

func optional(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func day(at time.Time) *string {
	if at.IsZero() {
		return nil
	}
	text := at.Format(time.DateOnly)
	return &text
}

// liftHold reports whether there was one to lift.
func liftHold(tx postgres.Tx, l lifting) (bool, error) {
	var found struct{ Done bool }
	err := tx.Gorm().Raw(`SELECT hold_lift(hold => ?, decision => ?, at => ?, pin => ?) AS done`, l.Hold, l.Decision, l.At, l.Pin).Scan(&found).Error
	return found.Done, err
}

// findLiftings lists what the rows say was lifted.
func findLiftings(tx postgres.Tx) ([]lifting, error) {
	var rows []holdRow
	err := tx.Gorm().Raw(`SELECT h.id, ` + liftColumns + ` FROM holds h WHERE h.lifted_at IS NOT NULL`).Scan(&rows).Error
	all := make([]lifting, len(rows))
	for i, r := range rows {
		all[i] = r.lifting()
	}
	return all, err
}

const secondKind = `kind = 'support'`

// findSeconds lists the units that lift holds together with the oversight body.
func findSeconds(tx postgres.Tx) ([]Second, error) {
	var rows []struct {
		ID   uuid.UUID
		Name []byte
	}
	if err := tx.Gorm().Raw(`SELECT id, name FROM units WHERE ` + secondKind + ` ORDER BY code`).Scan(&rows).Error; err != nil {
		return nil, err
	}
	all := make([]Second, len(rows))
	for i, r := range rows {
		all[i].ID = r.ID
		if err := json.Unmarshal(r.Name, &all[i].Name); err != nil {
			return nil, fmt.Errorf("read unit name: %w", err)
		}
	}
	return all, nil
}

func isSecond(tx postgres.Tx, unit uuid.UUID) (is bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM units WHERE id = ? AND `+secondKind+`)`, unit).Scan(&is).Error
	return is, err
}

func insertLink(tx postgres.Tx, complaint uuid.UUID, kind string, object uuid.UUID, at time.Time) error {
	return tx.Gorm().Exec(`SELECT link_evidence(told => ?, kind => ?, object => ?, at => ?)`, complaint, kind, object, at).Error
}

type holdRow struct {
	ID                    uuid.UUID
	ComplaintID, AgencyID *uuid.UUID
	FiledFrom, FiledUntil *time.Time
	Reason                string
	PlacedAt              time.Time
	LiftedAt              *time.Time
	LiftDecision          *uuid.UUID
	LiftProposedBy        *uuid.UUID
	LiftProposedUnit      *uuid.UUID
	LiftApprovedBy        *uuid.UUID
	LiftApprovedUnit      *uuid.UUID
	LiftPin               []byte
	PlacedBy              string
	Agency                string
	Waits                 *uuid.UUID
}

const liftColumns = `h.lifted_at, h.lift_decision, h.lift_proposed_by, h.lift_proposed_unit, h.lift_approved_by, h.lift_approved_unit, h.lift_pin`

func (r holdRow) lifting() lifting {
	return lifting{
		Hold: r.ID, Decision: value(r.LiftDecision), Proposer: value(r.LiftProposedBy), ProposerUnit: value(r.LiftProposedUnit),
		Approver: value(r.LiftApprovedBy), ApproverUnit: value(r.LiftApprovedUnit), At: value(r.LiftedAt), Pin: r.LiftPin,
	}
}

func (r holdRow) hold() Hold {
	return Hold{
		ID: r.ID, Reason: Reason(r.Reason), PlacedAt: r.PlacedAt, PlacedBy: r.PlacedBy, Agency: r.Agency, LiftedAt: r.LiftedAt, Waits: value(r.Waits),
		Held: Held{Complaint: value(r.ComplaintID), Agency: value(r.AgencyID), From: value(r.FiledFrom), Until: value(r.FiledUntil)},
	}
}

// findHolds lists the holds in force and then the lifted ones, the newest first;
// with a key, that one alone.
func findHolds(tx postgres.Tx, key *uuid.UUID, limit int) (rows []holdRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT h.id, h.complaint_id, h.agency_id, h.filed_from, h.filed_until, h.reason, h.placed_at, `+liftColumns+`, w.id AS waits,
			coalesce(p.name, '') AS placed_by, coalesce(nullif(a.name_latin, ''), a.name_local, '') AS agency
		FROM holds h LEFT JOIN people p ON p.id = h.placed_by LEFT JOIN agencies a ON a.id = h.agency_id
			LEFT JOIN decisions w ON w.kind = 'hold.lift' AND w.subject_id = h.id AND w.state = 'waiting'
		WHERE CAST(@key AS uuid) IS NULL OR h.id = @key
		ORDER BY h.lifted_at IS NOT NULL, h.placed_at DESC, h.id LIMIT @limit`, map[string]any{"key": key, "limit": limit}).Scan(&rows).Error
	return rows, err
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// findAgency finds an agency by its slug or a number of its licences.
func findAgency(tx postgres.Tx, text string) (uuid.UUID, error) {
	var found struct{ ID *uuid.UUID }
	err := tx.Gorm().Raw(`
		SELECT id FROM agencies WHERE slug = ? OR id IN (SELECT agency_id FROM licences WHERE number = upper(?)) LIMIT 1`, text, text).Scan(&found).Error
	return value(found.ID), err
}

func agencyHeld(tx postgres.Tx, agency uuid.UUID, lifted []uuid.UUID) (held bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM holds WHERE agency_id = @agency AND id <> ALL (CAST(@lifted AS uuid[])))`,
		map[string]any{"agency": agency, "lifted": array(lifted)}).Scan(&held).Error
	return held, err
}
