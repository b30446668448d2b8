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
	Barred   bool // whoever asks must not learn of it
	Items    map[seal.Item]itemRow
	Consents []consentRow // given after it was filed
}

// findByReceipt returns the zero id for a receipt that finds nothing.
func findByReceipt(tx postgres.Tx, receiptHash []byte) (uuid.UUID, error) {
	var found struct{ ID *uuid.UUID }
	err := tx.Gorm().Raw(`SELECT receipt_find(receipt => ?) AS id`, receiptHash).Scan(&found).Error
	if err != nil || found.ID == nil {
		return uuid.Nil, err
	}
	return *found.ID, nil
}

// findOwn reads the complaint of an open receipt, by the hash of its session's
// token: the public role has no other way to a complaint.
func findOwn(tx postgres.Tx, token []byte) (time.Time, Status, sealedRows, error) {
	var head struct {
		FiledAt  time.Time
		Status   Status
		KeyID    string
		Envelope []byte
	}
	res := tx.Gorm().Raw(`SELECT filed_at, status, key_id, envelope FROM receipt_outline(token => ?)`, token).Scan(&head)
	if res.Error == nil && res.RowsAffected == 0 {
		return time.Time{}, "", sealedRows{}, fault.New(fault.NotFound, "problem.not_found")
	}
	if res.Error != nil {
		return time.Time{}, "", sealedRows{}, res.Error
	}
	out := sealedRows{KeyID: head.KeyID, Envelope: head.Envelope}
	var items []itemRow
	err := tx.Gorm().Raw(`SELECT item, schema, slot, ciphertext, shredded_at, policy FROM receipt_items(token => ?)`, token).Scan(&items).Error
	if err == nil {
		out.take(items)
		out.Consents, err = ownConsents(tx, token)
	}
	return head.FiledAt, head.Status, out, err
}

// findSealed is a Forbidden fault when the complaint sealed nothing to the
// recipient.
func findSealed(tx postgres.Tx, id uuid.UUID, recipient string) (sealedRows, error) {
	// First, so that the envelope is never older than the consents that widened it.
	consents, err := consentsTo(tx, id)
	if err != nil {
		return sealedRows{}, err
	}
	var head struct {
		UnitID   *uuid.UUID
		KeyID    string
		Envelope []byte
		Barred   bool
	}
	res := tx.Gorm().Raw(`
		SELECT u.id AS unit_id, e.key_id, e.envelope, barred(e.complaint_id) AS barred
		FROM complaint_envelopes e LEFT JOIN units u ON u.code = e.recipient
		WHERE e.complaint_id = ? AND e.recipient = ?`, id, recipient).Scan(&head)
	if res.Error != nil {
		return sealedRows{}, res.Error
	}
	if res.RowsAffected == 0 {
		return sealedRows{}, fault.New(fault.Forbidden, "problem.not_found")
	}
	out := sealedRows{KeyID: head.KeyID, Envelope: head.Envelope, Barred: head.Barred, Consents: consents}
	if head.UnitID != nil {
		out.UnitID = *head.UnitID
	}
	var items []itemRow
	err = tx.Gorm().Raw(`SELECT item, schema, ciphertext, shredded_at, policy FROM complaint_items WHERE complaint_id = ?`, id).Scan(&items).Error
	out.take(items)
	return out, err
}

// locate adds where the items' shred keys lie, which the staff role may not see.
func (r *sealedRows) locate(tx postgres.Tx, id uuid.UUID) error {
	var slots []itemRow
	err := tx.Gorm().Raw(`SELECT item, slot FROM complaint_items WHERE complaint_id = ?`, id).Scan(&slots).Error
	for _, at := range slots {
		if row, held := r.Items[at.Item]; held {
			row.Slot = at.Slot
			r.Items[at.Item] = row
		}
	}
	return err
}

func (r *sealedRows) take(items []itemRow) {
	r.Items = map[seal.Item]itemRow{}
	for _, item := range items {
		r.Items[item.Item] = item
	}
}

// findPolicy returns the value that holds on that day, or nil.
func findPolicy(tx postgres.Tx, key string, on time.Time) ([]byte, error) {
	var found struct{ Value []byte }
	err := tx.Gorm().Raw(`SELECT value FROM policies WHERE key = ? AND valid_from <= ?::date ORDER BY valid_from DESC LIMIT 1`,
		key, on).Scan(&found).Error
	return found.Value, err
}
