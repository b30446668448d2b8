package application

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type paperRow struct {
	Held heldRow `gorm:"embedded"`

	NameLatin string
	NameLocal string
	BegunAt   time.Time
	FiledName string
	FiledAt   *time.Time
	DecidedBy string
	DecidedAt *time.Time
	Reason    string
	Waits     *uuid.UUID
}

func (r paperRow) paper() Paper {
	h := r.Held.held()
	p := Paper{
		ID: h.ID, AgencyID: h.AgencyID, NameLatin: r.NameLatin, NameLocal: r.NameLocal, Kind: h.Kind, Status: h.Status, Round: h.Round,
		BegunAt: r.BegunAt, FiledBy: h.FiledBy, FiledName: r.FiledName, DecidedBy: r.DecidedBy, Reason: r.Reason,
	}
	if r.FiledAt != nil {
		p.FiledAt = *r.FiledAt
	}
	if r.DecidedAt != nil {
		p.DecidedAt = *r.DecidedAt
	}
	if r.Waits != nil {
		p.Waits = *r.Waits
	}
	return p
}

// waits is the decision about a recommendation that waits.
const waits = `(SELECT d.id FROM decisions d WHERE d.subject_id = a.id AND d.kind IN ('application.grant','application.refuse') AND d.state = 'waiting' LIMIT 1)`

const selectPapers = `
	SELECT a.id, a.agency_id, a.kind, a.status, a.round, a.filed_by, g.name_latin, g.name_local, a.begun_at,
	       coalesce(f.name, '') AS filed_name, a.filed_at, coalesce(d.name, '') AS decided_by, a.decided_at, a.reason, ` + waits + ` AS waits
	FROM applications a
	JOIN agencies g ON g.id = a.agency_id
	LEFT JOIN people f ON f.id = a.filed_by
	LEFT JOIN people d ON d.id = a.decided_by `

const filterPapers = `
	WHERE a.round > 0 AND (@status = '' OR a.status = @status) AND (@kind = '' OR a.kind = @kind)
	  AND (NOT @recommended OR ` + waits + ` IS NOT NULL)
	  AND (@name = '' OR position(lower(@name) IN lower(g.name_latin)) > 0 OR position(@name IN g.name_local) > 0) `

func (f Filter) args() map[string]any {
	return map[string]any{"status": string(f.Status), "kind": string(f.Kind), "recommended": f.Recommended, "name": f.Name}
}

func countPapers(tx postgres.Tx, f Filter) (int, error) {
	var n int
	err := tx.Gorm().Raw(`SELECT count(*) FROM applications a JOIN agencies g ON g.id = a.agency_id`+filterPapers, f.args()).Scan(&n).Error
	return n, err
}

func findPapers(tx postgres.Tx, f Filter, limit, offset int) ([]Paper, error) {
	args := f.args()
	args["limit"], args["offset"] = limit, offset
	return scanPapers(tx, selectPapers+filterPapers+`
		ORDER BY (a.status = 'filed') DESC, CASE WHEN a.status = 'filed' THEN a.filed_at END ASC, coalesce(a.decided_at, a.filed_at) DESC, a.id
		LIMIT @limit OFFSET @offset`, args)
}

func findPaper(tx postgres.Tx, application uuid.UUID) (Paper, error) {
	found, err := scanPapers(tx, selectPapers+`WHERE a.id = ?`, application)
	if err == nil && len(found) == 0 {
		return Paper{}, errNotFound()
	}
	if err != nil {
		return Paper{}, err
	}
	return found[0], nil
}

func papersOf(tx postgres.Tx, agency uuid.UUID) ([]Paper, error) {
	return scanPapers(tx, selectPapers+`WHERE a.agency_id = ? ORDER BY a.begun_at DESC, a.id DESC LIMIT 20`, agency)
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

// decidedBefore returns the application of the agency that was granted last before
// this one, and its round; the zero id where there is none.
func decidedBefore(tx postgres.Tx, p Paper) (key uuid.UUID, round int, err error) {
	var row struct {
		ID    uuid.UUID
		Round int
	}
	err = tx.Gorm().Raw(`SELECT id, round FROM applications WHERE agency_id = ? AND status = 'granted' AND id <> ? AND decided_at <= ? ORDER BY decided_at DESC, id DESC LIMIT 1`,
		p.AgencyID, p.ID, p.FiledAt).Scan(&row).Error
	return row.ID, row.Round, err
}
