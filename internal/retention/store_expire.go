package retention

import (
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// dueItem is an item that a policy says to delete.
type dueItem struct {
	ComplaintID uuid.UUID
	Item        string
	Slot        int64
	FiledAt     time.Time
}

// kept is true of a complaint c that a hold covers or that is evidence. @lifted
// are the holds that were lifted, as an array's text: the row alone is not
// believed.
const kept = `(
	EXISTS (SELECT FROM holds h WHERE h.id <> ALL (CAST(@lifted AS uuid[])) AND (h.complaint_id = c.id OR h.agency_id = c.agency_id
		OR CAST(c.filed_at AS date) BETWEEN h.filed_from AND h.filed_until))
	OR EXISTS (SELECT FROM findings f WHERE f.evidence @> ARRAY[c.id] AND (CAST(@linked AS timestamptz) IS NULL OR f.found_at > @linked))
	OR EXISTS (SELECT FROM escalation_complaints ec JOIN escalations e ON e.id = ec.escalation_id
		WHERE ec.complaint_id = c.id AND (CAST(@linked AS timestamptz) IS NULL OR e.raised_at > @linked))
	OR EXISTS (SELECT FROM evidence_links l WHERE l.complaint_id = c.id AND (CAST(@linked AS timestamptz) IS NULL OR l.linked_at > @linked)))`

// due lists kept items of a kind whose complaint was filed at @filed or before.
const due = `
	FROM complaint_items i JOIN complaints c ON c.id = i.complaint_id
	WHERE i.shredded_at IS NULL AND split_part(i.item, ':', 1) = @kind AND c.filed_at <= @filed AND NOT ` + kept

// keeping is what a round goes by when it asks what is kept.
type keeping struct {
	linked *time.Time // what was linked later is evidence; nil: every link
	lifted []uuid.UUID
}

func (k keeping) args() map[string]any {
	return map[string]any{"linked": k.linked, "lifted": array(k.lifted)}
}

// array writes ids as an array of the database.
func array(ids []uuid.UUID) string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = id.String()
	}
	return "{" + strings.Join(all, ",") + "}"
}

func dueArgs(kind Kind, filed time.Time, k keeping) map[string]any {
	args := k.args()
	args["kind"], args["filed"] = string(kind), filed
	return args
}

func findDue(tx postgres.Tx, kind Kind, filed time.Time, k keeping, limit int) (items []dueItem, err error) {
	args := dueArgs(kind, filed, k)
	args["limit"] = limit
	err = tx.Gorm().Raw(`SELECT i.complaint_id, i.item, i.slot, c.filed_at`+due+`
		AND NOT EXISTS (SELECT FROM shreddings s WHERE s.slot = i.slot)
		ORDER BY c.filed_at, i.complaint_id, i.item LIMIT @limit`, args).Scan(&items).Error
	return items, err
}

// countDue counts the items of a kind that reach the end of their rule: filed
// after one moment and not after another. The oversight body reads the number, so
// it leaves out what none of them may know of, and asks neither what is evidence
// nor what was deleted: either may follow from what they may not know of.
func countDue(tx postgres.Tx, kind Kind, after, until time.Time) (n int64, err error) {
	err = tx.Gorm().Raw(`
		SELECT count(*) FROM complaint_items i JOIN complaints c ON c.id = i.complaint_id
		WHERE split_part(i.item, ':', 1) = ? AND c.filed_at > ? AND c.filed_at <= ?
			AND NOT c.oversight_excluded AND NOT EXISTS (SELECT FROM units u WHERE u.kind = 'oversight' AND excluded(c.id, u.id))`,
		string(kind), after, until).Scan(&n).Error
	return n, err
}

// insertIntent changes nothing where another round was first.
func insertIntent(tx postgres.Tx, id uuid.UUID, item dueItem, p Policy, now time.Time) error {
	return tx.Gorm().Exec(`
		INSERT INTO shreddings (id, complaint_id, item, slot, policy, policy_from, due_at, intended_at)
		VALUES (?, ?, ?, ?, ?, CAST(? AS date), ?, ?) ON CONFLICT DO NOTHING`,
		id, item.ComplaintID, item.Item, item.Slot, p.key(), p.From.Format(time.DateOnly), item.FiledAt.AddDate(0, 0, p.Days), now).Error
}

// findIntended lists complaints of which a deletion is intended, after the last.
func findIntended(tx postgres.Tx, last uuid.UUID, limit int) ([]uuid.UUID, error) {
	var rows []struct{ ComplaintID uuid.UUID }
	err := tx.Gorm().Raw(`SELECT DISTINCT complaint_id FROM shreddings WHERE shredded_at IS NULL AND complaint_id > ? ORDER BY complaint_id LIMIT ?`,
		last, limit).Scan(&rows).Error
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.ComplaintID
	}
	return ids, err
}

// lockHolds makes deleting and placing a hold take turns, until the transaction
// ends.
func lockHolds(tx postgres.Tx) error {
	const holds = 7203151
	return tx.Gorm().Exec(`SELECT pg_advisory_xact_lock(?)`, holds).Error
}

// lockComplaint locks against whoever would link the complaint; false when
// somebody else holds it.
func lockComplaint(tx postgres.Tx, complaint uuid.UUID) (bool, error) {
	var found struct{ ID *uuid.UUID }
	err := tx.Gorm().Raw(`SELECT id FROM complaints WHERE id = ? FOR UPDATE SKIP LOCKED`, complaint).Scan(&found).Error
	return found.ID != nil, err
}

type intent struct {
	ID      uuid.UUID
	Item    string
	Kind    Kind
	Slot    int64
	FiledAt time.Time
	Policy  string
}

func findIntents(tx postgres.Tx, complaint uuid.UUID) (all []intent, err error) {
	err = tx.Gorm().Raw(`
		SELECT s.id, s.item, split_part(s.item, ':', 1) AS kind, i.slot, c.filed_at, s.policy
		FROM shreddings s JOIN complaints c ON c.id = s.complaint_id
		JOIN complaint_items i ON (i.complaint_id, i.item, i.slot) = (s.complaint_id, s.item, s.slot)
		WHERE s.complaint_id = ? AND s.shredded_at IS NULL ORDER BY s.item`, complaint).Scan(&all).Error
	return all, err
}

func isKept(tx postgres.Tx, complaint uuid.UUID, k keeping) (is bool, err error) {
	args := k.args()
	args["id"] = complaint
	err = tx.Gorm().Raw(`SELECT `+kept+` FROM complaints c WHERE c.id = @id`, args).Scan(&is).Error
	return is, err
}

func deleteIntent(tx postgres.Tx, id uuid.UUID) error {
	return tx.Gorm().Exec(`DELETE FROM shreddings WHERE id = ? AND shredded_at IS NULL`, id).Error
}

// markShredded empties the item and ends the intent.
func markShredded(tx postgres.Tx, d shredding, intent uuid.UUID, pin []byte) error {
	res := tx.Gorm().Exec(`UPDATE complaint_items SET ciphertext = '', shredded_at = ?, policy = ? WHERE complaint_id = ? AND item = ? AND shredded_at IS NULL`,
		d.At, d.Policy, d.ComplaintID, d.Item)
	if res.Error != nil || res.RowsAffected != 1 {
		return fmt.Errorf("mark item: %d rows: %w", res.RowsAffected, res.Error)
	}
	res = tx.Gorm().Exec(`UPDATE shreddings SET shredded_at = ?, pin = ? WHERE id = ? AND shredded_at IS NULL`, d.At, pin, intent)
	if res.Error != nil || res.RowsAffected != 1 {
		return fmt.Errorf("end intent: %d rows: %w", res.RowsAffected, res.Error)
	}
	return nil
}

func countKept(tx postgres.Tx, complaint uuid.UUID) (n int, err error) {
	err = tx.Gorm().Raw(`SELECT count(*) FROM complaint_items WHERE complaint_id = ? AND shredded_at IS NULL`, complaint).Scan(&n).Error
	return n, err
}

func forgetReceipt(tx postgres.Tx, complaint uuid.UUID, receipt, nonce []byte) error {
	return tx.Gorm().Exec(`UPDATE complaints SET receipt_hash = ?, nonce_hash = ?, reporter_token = '', text_signature = 0 WHERE id = ?`,
		receipt, nonce, complaint).Error
}
