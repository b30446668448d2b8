package licensing

import (
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// insertApplication returns false when the agency has an open one already.
func insertApplication(tx postgres.Tx, key uuid.UUID, actor identity.Actor, a Application, now time.Time) (bool, error) {
	res := tx.Gorm().Exec(`
		INSERT INTO applications (id, agency_id, status, director, address, phone, destinations, declaration, filed_by, filed_at)
		VALUES (?, ?, 'filed', ?, ?, ?, string_to_array(?, ' '), ?, ?, ?)
		ON CONFLICT (agency_id) WHERE status = 'filed' DO NOTHING`,
		key, actor.AgencyID, a.Director, a.Address, a.Phone, strings.Join(a.Destinations, " "), a.Declared, actor.PersonID, now)
	return res.RowsAffected == 1, res.Error
}

type heldRow struct {
	AgencyID uuid.UUID
	Status   Status
	FiledBy  uuid.UUID
}

// holdApplication locks the application until the transaction ends.
func holdApplication(tx postgres.Tx, application uuid.UUID) (heldRow, error) {
	var r heldRow
	res := tx.Gorm().Raw(`SELECT agency_id, status, filed_by FROM applications WHERE id = ? FOR UPDATE`, application).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return r, fault.New(fault.NotFound, "problem.not_found")
	}
	return r, res.Error
}

func decideApplication(tx postgres.Tx, application uuid.UUID, to Status, actor identity.Actor, reason string, now time.Time) error {
	res := tx.Gorm().Exec(`UPDATE applications SET status = ?, decided_by = ?, decided_at = ?, reason = ? WHERE id = ? AND status = 'filed'`,
		to, actor.PersonID, now, reason, application)
	return one(res.RowsAffected, res.Error)
}

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

// insertNumber returns false when another agency holds the number.
func insertNumber(tx postgres.Tx, agency uuid.UUID, number string) (bool, error) {
	res := tx.Gorm().Exec(`INSERT INTO licences (agency_id, number) VALUES (?, ?) ON CONFLICT (number) DO NOTHING`, agency, number)
	return res.RowsAffected == 1, res.Error
}

// insertPeriod also keeps under which law of terms the period was granted.
func insertPeriod(tx postgres.Tx, agency, application uuid.UUID, p Period, t Term) error {
	var since *time.Time
	if t.Known() {
		since = &t.Since
	}
	return tx.Gorm().Exec(`INSERT INTO licence_periods (id, agency_id, application_id, valid_from, valid_until, term_from) VALUES (?, ?, ?, ?, ?, ?)`,
		id.New(), agency, application, p.From, p.Until, since).Error
}

func insertEvent(tx postgres.Tx, agency uuid.UUID, e Event) error {
	return tx.Gorm().Exec(`INSERT INTO licence_events (id, agency_id, kind, on_day, reason) VALUES (?, ?, ?, ?, ?)`,
		id.New(), agency, e.Kind, e.On, e.Reason).Error
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
