package audit

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

// findTaken returns how many leaves the witness has taken, 0 before the first.
func findTaken(tx postgres.Tx, name string) (size int64, err error) {
	err = tx.Gorm().Raw(`SELECT size FROM audit_witnesses WHERE name = ?`, name).Scan(&size).Error
	return size, err
}

// findAfter returns the first checkpoint of more leaves; size 0 when there is none.
func findAfter(tx postgres.Tx, size int64) (int64, []byte, error) {
	var row struct {
		Size int64
		Note string
	}
	err := tx.Gorm().Raw(`SELECT size, note FROM audit_checkpoints WHERE size > ? ORDER BY size LIMIT 1`, size).Scan(&row).Error
	return row.Size, []byte(row.Note), err
}

func saveTaken(tx postgres.Tx, name string, size int64) error {
	return tx.Gorm().Exec(`
		INSERT INTO audit_witnesses (name, size, taken_at) VALUES (?, ?, now())
		ON CONFLICT (name) DO UPDATE SET size = EXCLUDED.size, taken_at = EXCLUDED.taken_at`, name, size).Error
}

// saveFailure notes a failure with the moment of its first time, or its end.
func saveFailure(tx postgres.Tx, name, failure string) error {
	return tx.Gorm().Exec(`
		INSERT INTO audit_witnesses AS w (name, failure, failed_at) VALUES (@name, @failure, CASE WHEN @failure <> '' THEN now() END)
		ON CONFLICT (name) DO UPDATE SET failure = @failure,
			failed_at = CASE WHEN @failure = '' THEN NULL ELSE coalesce(w.failed_at, now()) END
		WHERE w.failure <> @failure`, map[string]any{"name": name, "failure": failure}).Error
}

// standing is how one witness stands.
type standing struct {
	Name     string
	Size     int64
	Failure  string
	FailedAt *time.Time
	// Waits is when the oldest checkpoint that it has not got was signed.
	Waits *time.Time
}

func findStandings(tx postgres.Tx) (all []standing, err error) {
	err = tx.Gorm().Raw(`
		SELECT w.name, w.size, w.failure, w.failed_at,
			(SELECT c.at FROM audit_checkpoints c WHERE c.size > w.size ORDER BY c.size LIMIT 1) AS waits
		FROM audit_witnesses w ORDER BY w.name`).Scan(&all).Error
	return all, err
}

// anyBefore reports whether an entry is that old. It is asked only while
// nothing was ever signed.
func anyBefore(tx postgres.Tx, moment time.Time) (found bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM audit_entries WHERE at < ?)`, moment).Scan(&found).Error
	return found, err
}

// backlog is what waits for a place in the log.
type backlog struct {
	Waiting int64
	Oldest  *time.Time
}

func findBacklog(tx postgres.Tx) (b backlog, err error) {
	err = tx.Gorm().Raw(`SELECT count(*) AS waiting, min(e.at) AS oldest FROM audit_pending p JOIN audit_entries e ON e.id = p.entry_id`).Scan(&b).Error
	return b, err
}
