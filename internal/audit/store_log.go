package audit

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// oneSequencer is the advisory lock under which the log grows.
const oneSequencer = 7203147

func tryLock(tx postgres.Tx) (free bool, err error) {
	err = tx.Gorm().Raw(`SELECT pg_try_advisory_xact_lock(?)`, oneSequencer).Scan(&free).Error
	return free, err
}

func waitLock(tx postgres.Tx) error {
	return tx.Gorm().Exec(`SELECT pg_advisory_xact_lock(?)`, oneSequencer).Error
}

func anyPending(tx postgres.Tx) (found bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM audit_pending)`).Scan(&found).Error
	return found, err
}

// columns of an entry named e.
const columns = `e.id, e.at, e.actor_kind, e.actor_id, e.unit_id, e.process, e.action, e.object_kind, e.object_id, e.salt`

// Arrays rather than joins: a join may be planned as a reading of all that waits,
// and the more waits the more each second would cost.
const (
	pendingStatement = `SELECT entry_id FROM audit_pending ORDER BY entry_id LIMIT ?`
	waitingStatement = `
		SELECT ` + columns + ` FROM unnest(CAST(? AS uuid[])) AS waiting(id) JOIN audit_entries e USING (id)
		WHERE NOT EXISTS (SELECT FROM audit_leaves l WHERE l.entry_id = e.id)
		ORDER BY e.at, e.id`
	takeStatement = `DELETE FROM audit_pending WHERE entry_id = ANY (CAST(? AS uuid[]))`
)

// findPending lists entries that wait for a place, the oldest first: ids tell when
// they were made. A row that names no entry, or one that has its place already,
// was put there by somebody else and goes, so that no number of them keeps what
// waits behind them from its place.
func findPending(tx postgres.Tx, limit int) ([]record, error) {
	for {
		var rows []struct{ EntryID uuid.UUID } // gorm takes a bare UUID, an array of bytes, for a list
		err := tx.Gorm().Raw(pendingStatement, limit).Scan(&rows).Error
		if err != nil || len(rows) == 0 {
			return nil, err
		}
		ids := make([]uuid.UUID, len(rows))
		for i, r := range rows {
			ids[i] = r.EntryID
		}
		var entries []record
		if err := tx.Gorm().Raw(waitingStatement, toArray(ids)).Scan(&entries).Error; err != nil {
			return nil, err
		}
		if len(entries) == len(ids) {
			return entries, nil
		}
		genuine := map[uuid.UUID]bool{}
		for _, e := range entries {
			genuine[e.ID] = true
		}
		forged := slices.DeleteFunc(ids, func(id uuid.UUID) bool { return genuine[id] })
		if err := tx.Gorm().Exec(takeStatement, toArray(forged)).Error; err != nil {
			return nil, err
		}
	}
}

// takePending takes entries off what waits.
func takePending(tx postgres.Tx, entries []record) error {
	if len(entries) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	return tx.Gorm().Exec(takeStatement, toArray(ids)).Error
}

// toArray is the literal form of a uuid[]; gorm would spread a slice over
// several placeholders.
func toArray(ids []uuid.UUID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = id.String()
	}
	return "{" + strings.Join(words, ",") + "}"
}

func insertLeaves(tx postgres.Tx, positions []int64, entries []record) error {
	ids, places := make([]uuid.UUID, len(entries)), make([]string, len(entries))
	for i, e := range entries {
		ids[i], places[i] = e.ID, strconv.FormatInt(positions[i], 10)
	}
	return tx.Gorm().Exec(`INSERT INTO audit_leaves (position, entry_id) SELECT * FROM unnest(CAST(? AS bigint[]), CAST(? AS uuid[]))`,
		"{"+strings.Join(places, ",")+"}", toArray(ids)).Error
}

func insertPadding(tx postgres.Tx, p padding) error {
	return tx.Gorm().Exec(`INSERT INTO audit_padding (first, leaves, seed) VALUES (?, ?, ?)`, p.First, p.Leaves, p.Seed).Error
}

const sizeStatement = `SELECT n * 256 + length(hashes) / 32 FROM audit_tiles WHERE level = 0 ORDER BY n DESC LIMIT 1`

// findSize counts the leaves by the last tile of the lowest level.
func findSize(tx postgres.Tx) (size int64, err error) {
	err = tx.Gorm().Raw(sizeStatement).Scan(&size).Error
	return size, err
}

func findTile(tx postgres.Tx, id tileID) ([]byte, error) {
	var row struct{ Hashes []byte }
	err := tx.Gorm().Raw(`SELECT hashes FROM audit_tiles WHERE level = ? AND n = ?`, id.Level, id.N).Scan(&row).Error
	return row.Hashes, err
}

func saveTile(tx postgres.Tx, id tileID, hashes []byte) error {
	return tx.Gorm().Exec(`
		INSERT INTO audit_tiles (level, n, hashes) VALUES (?, ?, ?)
		ON CONFLICT (level, n) DO UPDATE SET hashes = EXCLUDED.hashes`, id.Level, id.N, hashes).Error
}

// findNewest returns the newest checkpoint's text, nil before the first.
func findNewest(tx postgres.Tx) ([]byte, error) {
	var row struct{ Note string }
	res := tx.Gorm().Raw(`SELECT note FROM audit_checkpoints ORDER BY size DESC LIMIT 1`).Scan(&row)
	if res.Error != nil || res.RowsAffected == 0 {
		return nil, res.Error
	}
	return []byte(row.Note), nil
}

func insertCheckpoint(tx postgres.Tx, c Checkpoint, text []byte) error {
	return tx.Gorm().Exec(`INSERT INTO audit_checkpoints (size, at, note) VALUES (?, ?, ?)`, c.Size, c.At, string(text)).Error
}

// findLeaves returns how many leaves the log grows by, as the policy of the day
// has it.
func findLeaves(tx postgres.Tx, now time.Time) (int64, error) {
	var text string
	err := tx.Gorm().Raw(`SELECT value::text FROM policies WHERE key = 'audit.leaves_per_checkpoint' AND valid_from <= ?::date ORDER BY valid_from DESC LIMIT 1`,
		now).Scan(&text).Error
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	const most = 1 << 16
	if err != nil || n < 1 || n > most {
		return usualLeaves, nil //nolint:nilerr // a policy that is none must not stop the log
	}
	return n, nil
}
