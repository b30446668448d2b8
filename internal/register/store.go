package register

import (
	"fmt"
	"strings"

	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// likeness is how much of a question's trigrams a name must have, in its best
// stretch of words, to be a candidate.
const likeness = "0.45"

// findCandidates asks all ways in one statement: each is one look into an index,
// and going to the server and back costs more than most of them.
func findCandidates(tx postgres.Tx, ways []way) ([]candidate, error) {
	if len(ways) == 0 {
		return nil, nil
	}
	var all []string
	var args []any
	for i, w := range ways {
		if w.alike {
			if err := tx.Gorm().Exec(`SELECT set_config('pg_trgm.word_similarity_threshold', ?, true)`, likeness).Error; err != nil {
				return nil, err
			}
		}
		all = append(all, fmt.Sprintf(`(SELECT %d AS way, agency_id, matched, folded FROM (%s) AS way_%d)`, i, w.statement, i))
		args = append(args, w.args...)
	}
	var rows []struct {
		Way             int
		AgencyID        uuid.UUID
		Matched, Folded string
	}
	err := tx.Gorm().Raw(strings.Join(all, " UNION ALL "), args...).Scan(&rows).Error
	found := make([]candidate, len(rows))
	for i, r := range rows {
		found[i] = candidate{AgencyID: r.AgencyID, Matched: r.Matched, Folded: r.Folded, how: ways[r.Way].how}
	}
	return found, err
}

type agencyRow struct {
	ID             uuid.UUID
	Slug           string
	Source         string
	NameLatin      string
	NameLocal      string
	District       string
	Address        string
	Kinds          string // joined by line ends
	ValidSinceYear *int
	State          licensing.State
	Number         string
}

func (r agencyRow) agency() Agency {
	a := Agency{
		ID: r.ID, Slug: r.Slug, Source: r.Source, NameLatin: r.NameLatin, NameLocal: r.NameLocal,
		District: r.District, State: r.State, Number: r.Number,
	}
	if r.ValidSinceYear != nil {
		a.ValidSinceYear = *r.ValidSinceYear
	}
	if r.State == licensing.Licensed && r.Number == "" {
		a.State = licensing.Listed // a licence that nobody granted is none
	}
	return a
}

const selectAgency = `
	SELECT a.id, a.slug, a.source, a.name_latin, a.name_local, a.district, a.address, array_to_string(a.kinds, E'\n') AS kinds,
	       a.valid_since_year, a.state, coalesce(l.number, '') AS number
	FROM agencies a LEFT JOIN licences l ON l.agency_id = a.id `

func findAgencies(tx postgres.Tx, wanted map[uuid.UUID]candidate) ([]Agency, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	ids := make([]uuid.UUID, 0, len(wanted))
	for id := range wanted {
		ids = append(ids, id)
	}
	var rows []agencyRow
	err := tx.Gorm().Raw(selectAgency+`WHERE a.id IN ?`, ids).Scan(&rows).Error
	agencies := make([]Agency, len(rows))
	for i, r := range rows {
		agencies[i] = r.agency()
	}
	return agencies, err
}

// findAgency looks by slug first and then by licence number; false when it is
// neither.
func findAgency(tx postgres.Tx, slug, number string) (agencyRow, bool, error) {
	var r agencyRow
	res := tx.Gorm().Raw(selectAgency+`WHERE a.slug = ?`, slug).Scan(&r)
	if res.Error != nil || res.RowsAffected == 1 {
		return r, res.RowsAffected == 1, res.Error
	}
	res = tx.Gorm().Raw(selectAgency+`WHERE l.number = ?`, number).Scan(&r)
	return r, res.RowsAffected == 1, res.Error
}

func findAgencyByID(tx postgres.Tx, agency uuid.UUID) (agencyRow, bool, error) {
	var r agencyRow
	res := tx.Gorm().Raw(selectAgency+`WHERE a.id = ?`, agency).Scan(&r)
	return r, res.RowsAffected == 1, res.Error
}

type named struct {
	AgencyID uuid.UUID
	Position int
	Folded   string
}

// findNamed gives the names that are the folded or the core one, and those that
// begin with the core and go on.
func findNamed(tx postgres.Tx, folded, core string) ([]named, error) {
	var rows []named
	err := tx.Gorm().Raw(`SELECT agency_id, position, folded FROM agency_names WHERE folded IN (?, ?) OR folded LIKE ? ORDER BY length(folded) LIMIT 100`, folded, core, core+" %").Scan(&rows).Error
	return rows, err
}

func namesOf(tx postgres.Tx, agency uuid.UUID) ([]string, error) {
	var folded []string
	err := tx.Gorm().Raw(`SELECT folded FROM agency_names WHERE agency_id = ?`, agency).Scan(&folded).Error
	return folded, err
}

func contactsOf(tx postgres.Tx, agency uuid.UUID) ([]Contact, error) {
	var rows []Contact
	err := tx.Gorm().Raw(`
		SELECT kind, shown, key, digits FROM agency_contacts WHERE agency_id = ?
		ORDER BY array_position(ARRAY['phone', 'fax', 'email', 'person'], kind), position`, agency).Scan(&rows).Error
	return rows, err
}

// partsOf lists what a grant established and everybody may know. The public role
// sees no other kind.
func partsOf(tx postgres.Tx, agency uuid.UUID) (parts []Part, err error) {
	err = tx.Gorm().Raw(`
		SELECT kind, name_latin, name_local, country, province, address, phone FROM agency_parts
		WHERE agency_id = ? AND until IS NULL AND kind IN ('branch','agent','training_site','representative') ORDER BY kind, province, name_latin, item`, agency).Scan(&parts).Error
	return parts, err
}

func formerOf(tx postgres.Tx, agency uuid.UUID) (names []Former, err error) {
	err = tx.Gorm().Raw(`SELECT name_latin, name_local, until FROM agency_former_names WHERE agency_id = ? ORDER BY until DESC`, agency).Scan(&names).Error
	return names, err
}
