package identity

import "github.com/fairpassage/portal/internal/platform/postgres"

// addAttempt counts one more and returns how many that makes in the window. It
// takes windows that are over away, more at a time than it adds.
func addAttempt(tx postgres.Tx, h hit) (int, error) {
	err := tx.Gorm().Exec(`
		DELETE FROM attempts WHERE ctid = ANY (ARRAY(
			SELECT ctid FROM attempts WHERE bucket = ? AND window_at < ? LIMIT 100 FOR UPDATE SKIP LOCKED))`, h.limit.bucket, h.at).Error
	if err != nil {
		return 0, err
	}
	var count int
	err = tx.Gorm().Raw(`
		INSERT INTO attempts (bucket, subject, window_at, count) VALUES (?, ?, ?, 1)
		ON CONFLICT (bucket, subject, window_at) DO UPDATE SET count = attempts.count + 1
		RETURNING count`, h.limit.bucket, h.subject, h.at).Scan(&count).Error
	return count, err
}

func countAttempts(tx postgres.Tx, h hit) (n int, err error) {
	err = tx.Gorm().Raw(`SELECT count FROM attempts WHERE bucket = ? AND subject = ? AND window_at = ?`,
		h.limit.bucket, h.subject, h.at).Scan(&n).Error
	return n, err
}

// forgiveAttempt takes one off: it was no guess.
func forgiveAttempt(tx postgres.Tx, h hit) error {
	return tx.Gorm().Exec(`UPDATE attempts SET count = count - 1 WHERE bucket = ? AND subject = ? AND window_at = ? AND count > 0`,
		h.limit.bucket, h.subject, h.at).Error
}
