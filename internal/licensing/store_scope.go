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
	err = tx.Gorm().Raw(`
		SELECT s.destination, s.occupation FROM licence_scopes s
		WHERE s.period_id = @period AND s.since <= @day AND NOT EXISTS (SELECT FROM licence_narrowings n
			WHERE n.agency_id = @agency AND n.destination = s.destination AND n.occupation = s.occupation AND n.since <= @day AND coalesce(n.until_day, 'infinity') >= @day)
		ORDER BY s.destination, s.occupation`, map[string]any{"period": s.Period, "day": day, "agency": agency}).Scan(&s.Lines).Error
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
