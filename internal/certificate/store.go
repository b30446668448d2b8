package certificate

import (
	"time"

	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type certificateRow struct {
	Serial   uint32
	Code     string
	IssuedAt time.Time
}

func findFor(tx postgres.Tx, agency uuid.UUID, facts []byte) (r certificateRow, found bool, err error) {
	res := tx.Gorm().Raw(`SELECT serial, code, issued_at FROM certificates WHERE agency_id = @agency AND facts = @facts`, map[string]any{"agency": agency, "facts": facts}).Scan(&r)
	return r, res.RowsAffected == 1, res.Error
}

func insert(tx postgres.Tx, agency, period uuid.UUID, facts []byte, at time.Time) (uint32, error) {
	var row struct{ Serial uint32 }
	err := tx.Gorm().Raw(`INSERT INTO certificates (agency_id, period_id, facts, issued_at) VALUES (@agency, @period, @facts, @at) RETURNING serial`,
		map[string]any{"agency": agency, "period": period, "facts": facts, "at": at}).Scan(&row).Error
	return row.Serial, err
}

func sign(tx postgres.Tx, serial uint32, code string) error {
	return tx.Gorm().Exec(`UPDATE certificates SET code = ? WHERE serial = ?`, code, serial).Error
}

func nextCheck(tx postgres.Tx) (uint32, error) {
	var row struct{ Number int64 }
	err := tx.Gorm().Raw(`SELECT nextval('check_numbers') AS number`).Scan(&row).Error
	return uint32(row.Number), err
}

type agencyRow struct {
	ID                         uuid.UUID
	Slug, NameLatin, NameLocal string
	Newest                     uint32
}

const selectAgency = `SELECT a.id, a.slug, a.name_latin, a.name_local, coalesce((SELECT max(c.serial) FROM certificates c WHERE c.agency_id = a.id), 0) AS newest FROM agencies a `

func agencyBySlug(tx postgres.Tx, slug string) (r agencyRow, found bool, err error) {
	res := tx.Gorm().Raw(selectAgency+`WHERE a.slug = ?`, slug).Scan(&r)
	return r, res.RowsAffected == 1, res.Error
}

func agencyByNumber(tx postgres.Tx, number string) (r agencyRow, found bool, err error) {
	res := tx.Gorm().Raw(selectAgency+`JOIN licences l ON l.agency_id = a.id WHERE l.number = ?`, number).Scan(&r)
	return r, res.RowsAffected == 1, res.Error
}

type notHoldingRow struct {
	Number string
	State  licensing.State
}

// notHolding lists licences that a printed certificate may still call valid.
func notHolding(tx postgres.Tx, today time.Time) (all []notHoldingRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT l.number, s.state FROM licences l CROSS JOIN LATERAL (SELECT licence_state(l.agency_id, CAST(? AS date)) AS state) s
		WHERE l.agency_id IN (SELECT e.agency_id FROM licence_events e WHERE e.kind IN ('suspended','revoked','surrendered')) AND s.state IN ('suspended','revoked','surrendered')
		ORDER BY l.number`, today).Scan(&all).Error
	return all, err
}
