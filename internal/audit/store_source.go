package audit

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// How many rows of each kind are in memory at a time.
const (
	pageLeaves = 2000
	pageTiles  = 64 // of 8 kB
)

// placedRow is a place with its entry; the entry's columns are NULL when it is
// gone.
type placedRow struct {
	Position   int64
	EntryID    uuid.UUID
	ID         *uuid.UUID
	At         *time.Time
	ActorKind  *string
	ActorID    *uuid.UUID
	UnitID     *uuid.UUID
	Process    *string
	Action     *string
	ObjectKind *string
	ObjectID   *uuid.UUID
	Salt       []byte
}

func (r placedRow) record() *record {
	if r.ID == nil {
		return nil
	}
	return &record{*r.ID, *r.At, *r.ActorKind, r.ActorID, r.UnitID, *r.Process, *r.Action, *r.ObjectKind, r.ObjectID, r.Salt}
}

const placedStatement = `
	SELECT l.position, l.entry_id, ` + columns + ` FROM audit_leaves l LEFT JOIN audit_entries e ON e.id = l.entry_id
	WHERE l.position > ? ORDER BY l.position LIMIT ?`

func findPlaced(tx postgres.Tx, after int64) (rows []placedRow, err error) {
	err = tx.Gorm().Raw(placedStatement, after, pageLeaves).Scan(&rows).Error
	return rows, err
}

func findPaddings(tx postgres.Tx, after int64) (rows []padding, err error) {
	err = tx.Gorm().Raw(`SELECT first, leaves, seed FROM audit_padding WHERE first > ? ORDER BY first LIMIT ?`, after, pageLeaves).Scan(&rows).Error
	return rows, err
}

type checkpointRow struct {
	Size int64
	Note string
}

func findCheckpoints(tx postgres.Tx, after int64) (rows []checkpointRow, err error) {
	err = tx.Gorm().Raw(`SELECT size, note FROM audit_checkpoints WHERE size > ? ORDER BY size LIMIT ?`, after, pageLeaves).Scan(&rows).Error
	return rows, err
}

// findTiles returns tiles after the one named: of the lowest level alone, or
// of the levels above it.
func findTiles(tx postgres.Tx, after tileID, lowest bool) ([]tile, error) {
	var rows []struct {
		Level  int
		N      int64
		Hashes []byte
	}
	err := tx.Gorm().Raw(`
		SELECT level, n, hashes FROM audit_tiles
		WHERE (level, n) > (@level, @n) AND (level = 0) = @lowest ORDER BY level, n LIMIT @page`,
		map[string]any{"level": after.Level, "n": after.N, "lowest": lowest, "page": pageTiles}).Scan(&rows).Error
	all := make([]tile, len(rows))
	for i, r := range rows {
		all[i] = tile{tileID{r.Level, r.N}, r.Hashes}
	}
	return all, err
}

// findLoose returns entries that have no place, by age.
func findLoose(tx postgres.Tx, after *record) (rows []record, err error) {
	args := map[string]any{"at": time.Time{}, "id": uuid.Nil.String(), "page": pageLeaves}
	if after != nil {
		args["at"], args["id"] = after.At, after.ID.String()
	}
	err = tx.Gorm().Raw(`
		SELECT `+columns+` FROM audit_entries e
		WHERE NOT EXISTS (SELECT FROM audit_leaves l WHERE l.entry_id = e.id)
		  AND (e.at, e.id) > (@at, CAST(@id AS uuid))
		ORDER BY e.at, e.id LIMIT @page`, args).Scan(&rows).Error
	return rows, err
}
