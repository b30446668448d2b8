package licensing

import (
	"strings"
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
	err = tx.Gorm().Raw(`SELECT kind, on_day AS "on", reason FROM licence_events WHERE agency_id = ? ORDER BY on_day, id`, agency).Scan(&l.Events).Error
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

type paperRow struct {
	ID           uuid.UUID
	AgencyID     uuid.UUID
	NameLatin    string
	NameLocal    string
	Status       Status
	Director     string
	Address      string
	Phone        string
	Destinations string // joined by blanks
	Declaration  bool
	FiledBy      uuid.UUID
	FiledByName  string
	FiledAt      time.Time
	DecidedBy    string
	DecidedAt    *time.Time
	Reason       string
}

func (r paperRow) paper() Paper {
	p := Paper{
		ID: r.ID, AgencyID: r.AgencyID, NameLatin: r.NameLatin, NameLocal: r.NameLocal, Status: r.Status,
		Application: Application{
			Director: r.Director, Address: r.Address, Phone: r.Phone,
			Destinations: strings.Fields(r.Destinations), Declared: r.Declaration,
		},
		FiledBy: r.FiledBy, FiledByName: r.FiledByName, FiledAt: r.FiledAt, DecidedBy: r.DecidedBy, Reason: r.Reason,
	}
	if r.DecidedAt != nil {
		p.DecidedAt = *r.DecidedAt
	}
	return p
}

const selectPapers = `
	SELECT a.id, a.agency_id, g.name_latin, g.name_local, a.status, a.director, a.address, a.phone,
	       array_to_string(a.destinations, ' ') AS destinations, a.declaration,
	       a.filed_by, f.name AS filed_by_name, a.filed_at, coalesce(d.name, '') AS decided_by, a.decided_at, a.reason
	FROM applications a
	JOIN agencies g ON g.id = a.agency_id
	JOIN people f ON f.id = a.filed_by
	LEFT JOIN people d ON d.id = a.decided_by `

// filterPapers takes the status twice and the part of a name three times.
const filterPapers = `
	WHERE (? = '' OR a.status = ?)
	  AND (? = '' OR position(lower(?) IN lower(g.name_latin)) > 0 OR position(? IN g.name_local) > 0) `

func (f Filter) args() []any {
	return []any{string(f.Status), string(f.Status), f.Name, f.Name, f.Name}
}

func countPapers(tx postgres.Tx, f Filter) (int, error) {
	var n int
	err := tx.Gorm().Raw(`SELECT count(*) FROM applications a JOIN agencies g ON g.id = a.agency_id`+filterPapers, f.args()...).Scan(&n).Error
	return n, err
}

func findPapers(tx postgres.Tx, f Filter, limit, offset int) ([]Paper, error) {
	const order = `
		ORDER BY (a.status = 'filed') DESC,
		         CASE WHEN a.status = 'filed' THEN a.filed_at END ASC, a.decided_at DESC, a.id
		LIMIT ? OFFSET ?`
	return scanPapers(tx, selectPapers+filterPapers+order, append(f.args(), limit, offset)...)
}

func findPaper(tx postgres.Tx, application uuid.UUID) (Paper, error) {
	found, err := scanPapers(tx, selectPapers+`WHERE a.id = ?`, application)
	if err == nil && len(found) == 0 {
		return Paper{}, fault.New(fault.NotFound, "problem.not_found")
	}
	if err != nil {
		return Paper{}, err
	}
	return found[0], nil
}

func papersOf(tx postgres.Tx, agency uuid.UUID) ([]Paper, error) {
	return scanPapers(tx, selectPapers+`WHERE a.agency_id = ? ORDER BY a.filed_at DESC, a.id DESC LIMIT 20`, agency)
}

func scanPapers(tx postgres.Tx, query string, args ...any) ([]Paper, error) {
	var rows []paperRow
	if err := tx.Gorm().Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	papers := make([]Paper, len(rows))
	for i, r := range rows {
		papers[i] = r.paper()
	}
	return papers, nil
}

func agencyNames(tx postgres.Tx, agency uuid.UUID) (latin, local string, err error) {
	var r struct{ NameLatin, NameLocal string }
	res := tx.Gorm().Raw(`SELECT name_latin, name_local FROM agencies WHERE id = ?`, agency).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return "", "", fault.New(fault.NotFound, "problem.not_found")
	}
	return r.NameLatin, r.NameLocal, res.Error
}
