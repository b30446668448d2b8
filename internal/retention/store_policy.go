package retention

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

type policyRow struct {
	Key       string
	ValidFrom time.Time
	Value     string
	Source    string
	Pin       []byte
}

// findPolicies lists what holds or once held, the latest of each kind first.
func findPolicies(tx postgres.Tx, now time.Time) (rows []policyRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT key, valid_from, CAST(value AS text) AS value, source, pin FROM policies
		WHERE key LIKE 'retention.%' AND valid_from <= CAST(? AS date) ORDER BY key, valid_from DESC`, now).Scan(&rows).Error
	return rows, err
}

func insertPolicy(tx postgres.Tx, p Policy, value string, pin []byte) error {
	return tx.Gorm().Exec(`INSERT INTO policies (key, valid_from, value, source, pin) VALUES (?, CAST(? AS date), CAST(? AS jsonb), ?, ?)`,
		p.key(), p.From.Format(time.DateOnly), value, p.Source, pin).Error
}
