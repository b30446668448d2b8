package licensing

import (
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// LicenceOf returns what is on record about the agency's licence, within the
// caller's transaction.
func LicenceOf(tx postgres.Tx, agency uuid.UUID) (Licence, error) {
	var l Licence
	if err := tx.Gorm().Raw(`SELECT coalesce((SELECT number FROM licences WHERE agency_id = ?), '')`, agency).Scan(&l.Number).Error; err != nil {
		return Licence{}, err
	}
	err := tx.Gorm().Raw(`SELECT valid_from AS "from", valid_until AS until FROM licence_periods WHERE agency_id = ? ORDER BY valid_from`, agency).Scan(&l.Periods).Error
	if err != nil {
		return Licence{}, err
	}
	var rows []struct {
		Kind     EventKind
		OnDay    time.Time
		Reason   string
		UntilDay *time.Time
		StepID   *uuid.UUID
	}
	err = tx.Gorm().Raw(`SELECT kind, on_day, reason, until_day, step_id FROM licence_events WHERE agency_id = ? ORDER BY on_day, id`, agency).Scan(&rows).Error
	for _, r := range rows {
		e := Event{Kind: r.Kind, On: r.OnDay, Reason: r.Reason}
		if r.UntilDay != nil {
			e.Until = *r.UntilDay
		}
		if r.StepID != nil {
			e.StepID = *r.StepID
		}
		l.Events = append(l.Events, e)
	}
	return l, err
}

// HoldLicence is LicenceOf for a decision that depends on it: the agency's row
// is shared until the transaction ends, so that no grant and no sanction comes
// between.
func HoldLicence(tx postgres.Tx, agency uuid.UUID) (Licence, error) {
	if err := holdAgency(tx, agency, "FOR SHARE"); err != nil {
		return Licence{}, err
	}
	return LicenceOf(tx, agency)
}

// NamesOf returns the agency's names; at least one of them is there.
func NamesOf(tx postgres.Tx, agency uuid.UUID) (latin, local string, err error) {
	var r struct{ NameLatin, NameLocal string }
	res := tx.Gorm().Raw(`SELECT name_latin, name_local FROM agencies WHERE id = ?`, agency).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return "", "", fault.New(fault.NotFound, "problem.not_found")
	}
	return r.NameLatin, r.NameLocal, res.Error
}
