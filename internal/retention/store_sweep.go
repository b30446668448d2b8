package retention

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

// lastMark is when the last mark was made, or the zero time.
func lastMark(tx postgres.Tx) (time.Time, error) {
	var found struct{ At *time.Time }
	err := tx.Gorm().Raw(`SELECT max(at) AS at FROM shred_marks`).Scan(&found).Error
	if err != nil || found.At == nil {
		return time.Time{}, err
	}
	return *found.At, nil
}

// insertMark keeps the older of two marks at one slot: nothing was handed out
// between them.
func insertMark(tx postgres.Tx, slot int64, now time.Time) error {
	return tx.Gorm().Exec(`INSERT INTO shred_marks (slot, at) VALUES (?, ?) ON CONFLICT DO NOTHING`, slot, now).Error
}

func closeMarks(tx postgres.Tx, madeBefore, now time.Time) error {
	return tx.Gorm().Exec(`UPDATE shred_marks SET closed_at = ? WHERE closed_at IS NULL AND at <= ?`, now, madeBefore).Error
}

// sweepable is the range that is closed for long enough and not swept; to is 0
// when there is none.
func sweepable(tx postgres.Tx, closedBefore time.Time) (from, to int64, err error) {
	var found struct{ From, Upto *int64 }
	err = tx.Gorm().Raw(`
		SELECT (SELECT max(slot) FROM shred_marks WHERE swept_at IS NOT NULL) AS "from",
			(SELECT max(slot) FROM shred_marks WHERE swept_at IS NULL AND closed_at <= ?) AS upto`, closedBefore).Scan(&found).Error
	if err != nil || found.Upto == nil {
		return 0, 0, err
	}
	if found.From == nil {
		return 1, *found.Upto, nil
	}
	return *found.From, *found.Upto, nil
}

func endMarks(tx postgres.Tx, upTo int64, now time.Time) error {
	return tx.Gorm().Exec(`UPDATE shred_marks SET swept_at = ? WHERE swept_at IS NULL AND slot <= ?`, now, upTo).Error
}

func usedSlots(tx postgres.Tx, from, to int64) (slots []int64, err error) {
	err = tx.Gorm().Raw(`
		SELECT slot FROM complaint_items WHERE slot >= @from AND slot < @to
		UNION ALL SELECT slot FROM document_parts WHERE slot >= @from AND slot < @to`, map[string]any{"from": from, "to": to}).Scan(&slots).Error
	return slots, err
}

func shreddedAfter(tx postgres.Tx, last int64, limit int) (page []shredding, err error) {
	err = tx.Gorm().Raw(`
		SELECT complaint_id, item, slot, policy, shredded_at AS at, pin FROM shreddings
		WHERE shredded_at IS NOT NULL AND slot > ? ORDER BY slot LIMIT ?`, last, limit).Scan(&page).Error
	return page, err
}

// countEmptied counts items that are marked as deleted while no deletion of them
// is written down as carried out.
func countEmptied(tx postgres.Tx) (n int, err error) {
	err = tx.Gorm().Raw(`
		SELECT count(*) FROM complaint_items i WHERE i.shredded_at IS NOT NULL
		AND NOT EXISTS (SELECT FROM shreddings s WHERE s.slot = i.slot AND s.shredded_at IS NOT NULL)`).Scan(&n).Error
	return n, err
}

// boundStore is the id of the store that the record was written with, or nil.
func boundStore(tx postgres.Tx) ([]byte, error) {
	var found struct{ ID []byte }
	err := tx.Gorm().Raw(`SELECT id FROM shred_stores`).Scan(&found).Error
	return found.ID, err
}

func bindStore(tx postgres.Tx, id []byte) error {
	return tx.Gorm().Exec(`INSERT INTO shred_stores (id) SELECT ?::bytea ON CONFLICT DO NOTHING`, id).Error
}
