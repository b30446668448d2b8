package retention

import (
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

// liftHold reports whether there was one to lift. The second person is the
// transaction's.
func liftHold(tx postgres.Tx, l Lifting, now time.Time) (bool, error) {
	var found struct{ Done bool }
	err := tx.Gorm().Raw(`SELECT hold_lift(hold => ?, proposer => ?, proposer_unit => ?, at => ?) AS done`,
		l.Hold, l.ProposedBy, l.ProposedUnit, now).Scan(&found).Error
	return found.Done, err
}

func insertLink(tx postgres.Tx, complaint uuid.UUID, kind string, object uuid.UUID, at time.Time) error {
	return tx.Gorm().Exec(`INSERT INTO evidence_links (complaint_id, kind, object_id, linked_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		complaint, kind, object, at).Error
}

type holdRow struct {
	ID                    uuid.UUID
	ComplaintID, AgencyID *uuid.UUID
	FiledFrom, FiledUntil *time.Time
	Reason                string
	PlacedAt              time.Time
	LiftedAt              *time.Time
	PlacedBy              string
	Agency                string
}

// findHolds lists the holds in force and then the lifted ones, the newest first.
func findHolds(tx postgres.Tx, limit int) ([]Hold, error) {
	var rows []holdRow
	err := tx.Gorm().Raw(`
		SELECT h.id, h.complaint_id, h.agency_id, h.filed_from, h.filed_until, h.reason, h.placed_at, h.lifted_at,
			coalesce(p.name, '') AS placed_by, coalesce(nullif(a.name_latin, ''), a.name_local, '') AS agency
		FROM holds h LEFT JOIN people p ON p.id = h.placed_by LEFT JOIN agencies a ON a.id = h.agency_id
		ORDER BY h.lifted_at IS NOT NULL, h.placed_at DESC, h.id LIMIT ?`, limit).Scan(&rows).Error
	all := make([]Hold, len(rows))
	for i, r := range rows {
		all[i] = Hold{ID: r.ID, Reason: Reason(r.Reason), PlacedAt: r.PlacedAt, PlacedBy: r.PlacedBy, Agency: r.Agency, LiftedAt: r.LiftedAt}
		all[i].Held = Held{Complaint: value(r.ComplaintID), Agency: value(r.AgencyID), From: value(r.FiledFrom), Until: value(r.FiledUntil)}
	}
	return all, err
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
