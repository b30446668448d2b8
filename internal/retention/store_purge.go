package retention

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// purged is a table whose rows end by themselves: which of them are older than
// @before.
type purged struct {
	kind             Kind
	table, key, from string
	shown            bool // how many are due is shown
}

func purgeable() []purged {
	return []purged{
		{Sessions, "sessions", "id", `FROM sessions WHERE expires_at < @before`, true},
		{ReceiptSessions, "receipt_sessions", "id", `FROM receipt_sessions WHERE expires_at < @before`, false},
		{Attempts, "attempts", "bucket, subject, window_at", `FROM attempts WHERE window_at < @before`, true},
		{ImportRejections, "import_rejections", "run_id, row", `FROM import_rejections WHERE run_id IN (SELECT id FROM import_runs WHERE finished_at < @before)`, true},
		// A letter that was not sent yet is no history.
		{MailDeliveries, "deliveries", "id", `FROM deliveries WHERE sent_at < @before`, false},
	}
}

func deleteRows(tx postgres.Tx, p purged, before time.Time, limit int) (int64, error) {
	res := tx.Gorm().Exec(`DELETE FROM `+p.table+` WHERE (`+p.key+`) IN (SELECT `+p.key+` `+p.from+` LIMIT @limit)`,
		map[string]any{"before": before, "limit": limit})
	return res.RowsAffected, res.Error
}

func countRows(tx postgres.Tx, p purged, before time.Time) (n int64, err error) {
	err = tx.Gorm().Raw(`SELECT count(*) `+p.from, map[string]any{"before": before}).Scan(&n).Error
	return n, err
}

func insertPurge(tx postgres.Tx, id uuid.UUID, p Policy, rows int64, now time.Time) error {
	return tx.Gorm().Exec(`INSERT INTO purges (id, policy, policy_from, rows, at) VALUES (?, ?, CAST(? AS date), ?, ?)`,
		id, p.key(), p.From.Format(time.DateOnly), rows, now).Error
}

func upsertOutlook(tx postgres.Tx, kind Kind, n int64, now time.Time) error {
	return tx.Gorm().Exec(`
		INSERT INTO retention_outlook (kind, due, counted_at) VALUES (?, ?, ?)
		ON CONFLICT (kind) DO UPDATE SET due = EXCLUDED.due, counted_at = EXCLUDED.counted_at`, string(kind), n, now).Error
}

func findOutlook(tx postgres.Tx) (all []Outlook, err error) {
	err = tx.Gorm().Raw(`SELECT kind, due, counted_at FROM retention_outlook`).Scan(&all).Error
	return all, err
}
