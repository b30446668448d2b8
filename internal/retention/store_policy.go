package retention

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type policyRow struct {
	Key       string
	ValidFrom time.Time
	Value     string
	Source    string
	Pin       []byte
	Coming    bool // its day has not come
}

// findPolicies lists all that there are, the latest of each kind first.
func findPolicies(tx postgres.Tx, now time.Time) (rows []policyRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT key, valid_from, CAST(value AS text) AS value, source, pin, valid_from > CAST(? AS date) AS coming FROM policies
		WHERE key LIKE 'retention.%' ORDER BY key, valid_from DESC`, now).Scan(&rows).Error
	return rows, err
}

func insertPolicy(tx postgres.Tx, p Policy, value string, pin []byte, decision uuid.UUID) error {
	return tx.Gorm().Exec(`
		INSERT INTO policies (key, valid_from, value, source, pin, decision_id) VALUES (?, CAST(? AS date), CAST(? AS jsonb), ?, ?, ?)`,
		p.key(), p.From.Format(time.DateOnly), value, p.Source, pin, optional(decision)).Error
}

func policyExists(tx postgres.Tx, p Policy) (there bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM policies WHERE key = ? AND valid_from = CAST(? AS date))`,
		p.key(), p.From.Format(time.DateOnly)).Scan(&there).Error
	return there, err
}

// findWaiting gives the proposals of rules that wait, by their subject.
func findWaiting(tx postgres.Tx) (map[uuid.UUID]uuid.UUID, error) {
	var rows []struct{ ID, SubjectID uuid.UUID }
	err := tx.Gorm().Raw(`SELECT id, subject_id FROM decisions WHERE kind = 'retention.policy' AND state = 'waiting'`).Scan(&rows).Error
	all := map[uuid.UUID]uuid.UUID{}
	for _, r := range rows {
		all[r.SubjectID] = r.ID
	}
	return all, err
}
