package licensing

import (
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// ScopeOn returns the scope of the agency's licence on the day, within the
// caller's transaction. It says nothing about suspensions.
func ScopeOn(tx postgres.Tx, agency uuid.UUID, day time.Time) (Scope, error) {
	var row struct{ ID uuid.UUID }
	err := tx.Gorm().Raw(`SELECT id FROM licence_periods WHERE agency_id = ? AND ? BETWEEN valid_from AND valid_until ORDER BY valid_from DESC LIMIT 1`,
		agency, day).Scan(&row).Error
	s := Scope{Period: row.ID}
	if err != nil || s.Period == uuid.Nil {
		return s, err
	}
	err = tx.Gorm().Raw(`SELECT destination, occupation FROM licence_scopes WHERE period_id = ? AND since <= ? ORDER BY destination, occupation`,
		s.Period, day).Scan(&s.Lines).Error
	return s, err
}

// insertScope refuses lines of which one holds another, as a fault.
func insertScope(tx postgres.Tx, period uuid.UUID, lines []ScopeLine, since time.Time) error {
	for _, l := range lines {
		err := tx.Gorm().Exec(`INSERT INTO licence_scopes (period_id, destination, occupation, since) VALUES (?, ?, ?, ?)`, period, l.Destination, l.Occupation, since).Error
		switch {
		case postgres.Violates(err, "licence_scopes_apart"):
			return fault.New(fault.Conflict, "licensing.scope_overlaps").With("scope", "licensing.scope_overlaps")
		case err != nil:
			return err
		}
	}
	return nil
}
