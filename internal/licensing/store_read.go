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
	all, err := LicencesOf(tx, []uuid.UUID{agency})
	return all[agency], err
}

// LicencesOf is LicenceOf for several agencies at once. Those without anything on
// record are not among the answers.
func LicencesOf(tx postgres.Tx, agencies []uuid.UUID) (map[uuid.UUID]Licence, error) {
	all := map[uuid.UUID]Licence{}
	if len(agencies) == 0 {
		return all, nil
	}
	var numbers []struct {
		AgencyID uuid.UUID
		Number   string
	}
	if err := tx.Gorm().Raw(`SELECT agency_id, number FROM licences WHERE agency_id IN ?`, agencies).Scan(&numbers).Error; err != nil {
		return nil, err
	}
	for _, r := range numbers {
		all[r.AgencyID] = Licence{Number: r.Number}
	}
	var periods []struct {
		AgencyID uuid.UUID
		Period
	}
	err := tx.Gorm().Raw(`SELECT agency_id, valid_from AS "from", valid_until AS until FROM licence_periods WHERE agency_id IN ? ORDER BY valid_from`, agencies).Scan(&periods).Error
	if err != nil {
		return nil, err
	}
	for _, r := range periods {
		l := all[r.AgencyID]
		l.Periods = append(l.Periods, r.Period)
		all[r.AgencyID] = l
	}
	return all, addEvents(tx, agencies, all)
}

// addEvents reads what happened to the licences, in order.
func addEvents(tx postgres.Tx, agencies []uuid.UUID, all map[uuid.UUID]Licence) error {
	var rows []struct {
		AgencyID uuid.UUID
		Kind     EventKind
		OnDay    time.Time
		Reason   string
		UntilDay *time.Time
		StepID   *uuid.UUID
	}
	err := tx.Gorm().Raw(`SELECT agency_id, kind, on_day, reason, until_day, step_id FROM licence_events WHERE agency_id IN ? ORDER BY on_day, id`, agencies).Scan(&rows).Error
	for _, r := range rows {
		e := Event{Kind: r.Kind, On: r.OnDay, Reason: r.Reason}
		if r.UntilDay != nil {
			e.Until = *r.UntilDay
		}
		if r.StepID != nil {
			e.StepID = *r.StepID
		}
		l := all[r.AgencyID]
		l.Events = append(l.Events, e)
		all[r.AgencyID] = l
	}
	return err
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
