package complaint

import (
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// sealedRows are one recipient's envelope and the complaint's items.
type sealedRows struct {
	UnitID   uuid.UUID // zero for the reporter
	KeyID    string
	Envelope []byte
	Items    map[seal.Item]itemRow
}

// findByReceipt returns the zero id for a receipt that finds nothing.
func findByReceipt(tx postgres.Tx, receiptHash []byte) (uuid.UUID, error) {
	var row complaintRow
	err := tx.Gorm().Raw(`SELECT id FROM complaints WHERE receipt_hash = ?`, receiptHash).Scan(&row).Error
	return row.ID, err
}

func findOutline(tx postgres.Tx, id uuid.UUID) (time.Time, Status, error) {
	var row complaintRow
	res := tx.Gorm().Raw(`SELECT filed_at, status FROM complaints WHERE id = ?`, id).Scan(&row)
	if res.Error == nil && res.RowsAffected == 0 {
		return time.Time{}, "", fault.New(fault.NotFound, "problem.not_found")
	}
	return row.FiledAt, row.Status, res.Error
}

// findSealed is a Forbidden fault when the complaint sealed nothing to the
// recipient.
func findSealed(tx postgres.Tx, id uuid.UUID, recipient string) (sealedRows, error) {
	var head struct {
		UnitID   *uuid.UUID
		KeyID    string
		Envelope []byte
	}
	res := tx.Gorm().Raw(`
		SELECT u.id AS unit_id, e.key_id, e.envelope
		FROM complaint_envelopes e LEFT JOIN units u ON u.code = e.recipient
		WHERE e.complaint_id = ? AND e.recipient = ?`, id, recipient).Scan(&head)
	if res.Error != nil {
		return sealedRows{}, res.Error
	}
	if res.RowsAffected == 0 {
		return sealedRows{}, fault.New(fault.Forbidden, "problem.not_found")
	}
	out := sealedRows{KeyID: head.KeyID, Envelope: head.Envelope, Items: map[seal.Item]itemRow{}}
	if head.UnitID != nil {
		out.UnitID = *head.UnitID
	}
	var items []itemRow
	err := tx.Gorm().Raw(`SELECT item, schema, ciphertext FROM complaint_items WHERE complaint_id = ?`, id).Scan(&items).Error
	for _, item := range items {
		out.Items[item.Item] = item
	}
	return out, err
}

// findPolicy returns the value that holds on that day, or nil.
func findPolicy(tx postgres.Tx, key string, on time.Time) ([]byte, error) {
	var found struct{ Value []byte }
	err := tx.Gorm().Raw(`SELECT value FROM policies WHERE key = ? AND valid_from <= ?::date ORDER BY valid_from DESC LIMIT 1`,
		key, on).Scan(&found).Error
	return found.Value, err
}
