package document

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type removedRow struct {
	ID, AgencyID, RemovedBy uuid.UUID
	RemovedAt               time.Time
	RemovalPin              []byte
}

const removedColumns = `id, agency_id, removed_by, removed_at, removal_pin FROM documents`

// holdRemoved locks a document that was removed and is not erased; it returns none
// where there is no such.
func holdRemoved(tx postgres.Tx, key uuid.UUID) (r removedRow, err error) {
	err = tx.Gorm().Raw(`SELECT `+removedColumns+` WHERE id = ? AND removed_at IS NOT NULL AND erased_at IS NULL FOR UPDATE`, key).Scan(&r).Error
	return r, err
}

func findRemoval(tx postgres.Tx, key uuid.UUID) (r removedRow, err error) {
	err = tx.Gorm().Raw(`SELECT `+removedColumns+` WHERE id = ? AND removed_at IS NOT NULL`, key).Scan(&r).Error
	return r, err
}

func findParts(tx postgres.Tx, doc uuid.UUID) (all []partRow, err error) {
	err = tx.Gorm().Raw(`SELECT part AS name, slot, blob, pin FROM document_parts WHERE document_id = ? ORDER BY part`, doc).Scan(&all).Error
	return all, err
}

func markErased(tx postgres.Tx, key uuid.UUID, at time.Time) error {
	res := tx.Gorm().Exec(`UPDATE documents SET erased_at = ? WHERE id = ? AND removed_at IS NOT NULL AND erased_at IS NULL`, at, key)
	return one(res.RowsAffected, res.Error)
}

func findToErase(tx postgres.Tx, after uuid.UUID, limit int) (keys []uuid.UUID, err error) {
	err = tx.Gorm().Raw(`SELECT id FROM documents WHERE removed_at IS NOT NULL AND erased_at IS NULL AND id > ? ORDER BY id LIMIT ?`, after, limit).Scan(&keys).Error
	return keys, err
}

func findErased(tx postgres.Tx, after uuid.UUID, limit int) (keys []uuid.UUID, err error) {
	err = tx.Gorm().Raw(`SELECT id FROM documents WHERE erased_at IS NOT NULL AND id > ? ORDER BY id LIMIT ?`, after, limit).Scan(&keys).Error
	return keys, err
}

// findUsed returns those of the names that a document needs.
func findUsed(tx postgres.Tx, names []string) (used []string, err error) {
	err = tx.Gorm().Raw(`SELECT p.blob FROM document_parts p JOIN documents d ON d.id = p.document_id WHERE d.erased_at IS NULL AND p.blob IN ?`, names).Scan(&used).Error
	return used, err
}
