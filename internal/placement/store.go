package placement

import (
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// employerFor finds the employer by its folded name in its country, or makes
// it. Two who make the same one at once get the same row: the second waits for
// the first at the index, then finds it.
func employerFor(tx postgres.Tx, e entry, now time.Time) (uuid.UUID, error) {
	err := tx.Gorm().Exec(`
		INSERT INTO employers (id, name, folded, token, country, created_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (country, folded) DO NOTHING`,
		id.New(), e.employer, e.folded, e.employerToken, e.country, now).Error
	if err != nil {
		return uuid.Nil, err
	}
	var found struct{ ID uuid.UUID }
	err = tx.Gorm().Raw(`SELECT id FROM employers WHERE country = ? AND folded = ?`, e.country, e.folded).Scan(&found).Error
	return found.ID, err
}

// insert returns false when the document is registered for that day already,
// by whichever agency.
func insert(tx postgres.Tx, key uuid.UUID, actor identity.Actor, employer uuid.UUID, e entry, now time.Time) (bool, error) {
	res := tx.Gorm().Exec(`
		INSERT INTO placements (id, agency_id, employer_id, country, occupation, document_token, phone_token, departed_on, registered_by, registered_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (document_token, departed_on) DO NOTHING`,
		key, actor.AgencyID, employer, e.country, e.occupation, e.document, e.phone, e.departure, actor.PersonID, now)
	return res.RowsAffected == 1, res.Error
}

func count(tx postgres.Tx, agency uuid.UUID) (int, error) {
	var n int
	err := tx.Gorm().Raw(`SELECT count(*) FROM placements WHERE agency_id = ?`, agency).Scan(&n).Error
	return n, err
}

func find(tx postgres.Tx, agency uuid.UUID, limit, offset int) ([]Record, error) {
	// One plan for all agencies takes each to have ten placements, and reads the ten
	// thousand of a large one to sort fifty out of them.
	if err := tx.Gorm().Exec(`SELECT set_config('plan_cache_mode', 'force_custom_plan', true)`).Error; err != nil {
		return nil, err
	}
	var records []Record
	err := tx.Gorm().Raw(`
		SELECT p.id, e.name AS employer, p.country, p.occupation, p.departed_on, p.registered_at
		FROM placements p JOIN employers e ON e.id = p.employer_id
		WHERE p.agency_id = ?
		ORDER BY p.departed_on DESC, p.id DESC LIMIT ? OFFSET ?`, agency, limit, offset).Scan(&records).Error
	return records, err
}

func placedByPhone(tx postgres.Tx, agency uuid.UUID, phones []matching.Token) (bool, error) {
	var joined []string // a token holds no blank
	for _, token := range phones {
		if token != "" {
			joined = append(joined, string(token))
		}
	}
	if len(joined) == 0 {
		return false, nil
	}
	var found bool
	err := tx.Gorm().Raw(`SELECT placed_by_phone(?, string_to_array(?, ' '))`, agency, strings.Join(joined, " ")).Scan(&found).Error
	return found, err
}
