package identity

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

// The public role cannot read the table: each of these functions answers for
// one receipt or one token that was shown. Arguments go by name: gorm would
// spread bytes that follow a parenthesis.

func openReceipt(tx postgres.Tx, receipt, token []byte, r receiptRow) error {
	var opened bool
	err := tx.Gorm().Raw(`SELECT receipt_open(receipt => ?, session => ?, token => ?, sealed => ?, opened => ?, ends => ?)`, receipt, r.ID, token, r.SealedKey, r.SeenAt, r.ExpiresAt).Scan(&opened).Error
	if err == nil && !opened {
		return signedOut()
	}
	return err
}

func findReceipt(tx postgres.Tx, token []byte) (receiptRow, error) {
	var r receiptRow
	res := tx.Gorm().Raw(`SELECT id, complaint_id, sealed_key, seen_at, expires_at, revoked_at FROM receipt_session(token => ?)`, token).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return r, signedOut()
	}
	return r, res.Error
}

func touchReceipt(tx postgres.Tx, token []byte, now time.Time) error {
	return tx.Gorm().Exec(`SELECT receipt_touch(token => ?, at => ?)`, token, now).Error
}

func closeReceipt(tx postgres.Tx, token []byte, now time.Time) error {
	return tx.Gorm().Exec(`SELECT receipt_close(token => ?, at => ?)`, token, now).Error
}
