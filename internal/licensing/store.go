package licensing

import (
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// lockAgency holds the agency's row until the transaction ends.
func lockAgency(tx postgres.Tx, agency uuid.UUID) error {
	return holdAgency(tx, agency, "FOR NO KEY UPDATE")
}

func holdAgency(tx postgres.Tx, agency uuid.UUID, how string) error {
	var state string
	res := tx.Gorm().Raw(`SELECT state FROM agencies WHERE id = ? `+how, agency).Scan(&state)
	if res.Error == nil && res.RowsAffected == 0 {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	return res.Error
}

// numberTaken reports whether another agency holds the number.
func numberTaken(tx postgres.Tx, agency uuid.UUID, number string) (taken bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM licences WHERE number = ? AND agency_id <> ?)`, number, agency).Scan(&taken).Error
	return taken, err
}

// insertNumber returns false when another agency holds the number.
func insertNumber(tx postgres.Tx, agency uuid.UUID, number string) (bool, error) {
	res := tx.Gorm().Exec(`INSERT INTO licences (agency_id, number) VALUES (?, ?) ON CONFLICT (number) DO NOTHING`, agency, number)
	return res.RowsAffected == 1, res.Error
}

// insertPeriod also keeps under which law of terms the period was granted.
func insertPeriod(tx postgres.Tx, o Order, t Term) (uuid.UUID, error) {
	var since *time.Time
	if t.Known() {
		since = &t.Since
	}
	key := id.New()
	return key, tx.Gorm().Exec(`INSERT INTO licence_periods (id, agency_id, application_id, valid_from, valid_until, term_from) VALUES (?, ?, ?, ?, ?, ?)`,
		key, o.Agency, o.Application, o.Period.From, o.Period.Until, since).Error
}

func insertEvent(tx postgres.Tx, agency uuid.UUID, e Event) error {
	return tx.Gorm().Exec(`INSERT INTO licence_events (id, agency_id, kind, on_day, reason, until_day, step_id) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		id.New(), agency, e.Kind, e.On, e.Reason, orNull(e.Until), orNull(e.StepID)).Error
}

func markLicensed(tx postgres.Tx, agency uuid.UUID, now time.Time) error {
	res := tx.Gorm().Exec(`UPDATE agencies SET state = 'licensed', updated_at = ? WHERE id = ?`, now, agency)
	return one(res.RowsAffected, res.Error)
}

func one(rows int64, err error) error {
	if err == nil && rows != 1 {
		return fmt.Errorf("changed %d rows, want 1", rows)
	}
	return err
}
