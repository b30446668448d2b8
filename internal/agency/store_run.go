package agency

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

func findRun(tx postgres.Tx, kind, sum string) (Run, bool, error) {
	var r struct {
		Run
		RowsRead int
	}
	res := tx.Gorm().Raw(`
		SELECT r.id, r.next_row, r.rows_read, r.created, r.updated, r.unchanged,
		       (SELECT count(*) FROM import_rejections j WHERE j.run_id = r.id) AS rejected
		FROM import_runs r WHERE r.kind = ? AND r.file_sha256 = ? AND r.finished_at IS NULL`, kind, sum).Scan(&r)
	r.Read = r.RowsRead
	return r.Run, res.RowsAffected == 1, res.Error
}

func insertRun(tx postgres.Tx, run uuid.UUID, kind, sum string, now time.Time) error {
	return tx.Gorm().Exec(`INSERT INTO import_runs (id, kind, file_sha256, started_at) VALUES (?, ?, ?, ?)`, run, kind, sum, now).Error
}

// holdRun locks the run and checks that nobody else has moved it on.
func holdRun(tx postgres.Tx, run Run) error {
	var next int
	res := tx.Gorm().Raw(`SELECT next_row FROM import_runs WHERE id = ? AND finished_at IS NULL FOR UPDATE`, run.ID).Scan(&next)
	if res.Error == nil && (res.RowsAffected != 1 || next != run.NextRow) {
		return ErrBusy
	}
	return res.Error
}

func updateRun(tx postgres.Tx, r Run) error {
	return one(tx, `UPDATE import_runs SET next_row = ?, rows_read = ?, created = ?, updated = ?, unchanged = ? WHERE id = ?`,
		r.NextRow, r.Read, r.Created, r.Updated, r.Unchanged, r.ID)
}

func finishRun(tx postgres.Tx, run uuid.UUID, now time.Time) error {
	if err := tx.Gorm().Exec(`DELETE FROM import_keys WHERE run_id = ?`, run).Error; err != nil {
		return err
	}
	return one(tx, `UPDATE import_runs SET finished_at = ? WHERE id = ?`, now, run)
}

func one(tx postgres.Tx, statement string, args ...any) error {
	res := tx.Gorm().Exec(statement, args...)
	if res.Error == nil && res.RowsAffected != 1 {
		return errNotAll
	}
	return res.Error
}

func findSeen(tx postgres.Tx, run uuid.UUID, entries []numbered) (map[string]int, error) {
	var rows []struct {
		SourceKey string
		Row       int
	}
	err := scanListed(tx, &rows, keysOf(entries), `
		SELECT k.source_key, k.row FROM wanted w JOIN import_keys k ON k.run_id = CAST(@of AS uuid) AND k.source_key = w.value`, run.String())
	seen := map[string]int{}
	for _, r := range rows {
		seen[r.SourceKey] = r.Row
	}
	return seen, err
}

func insertSeen(tx postgres.Tx, run uuid.UUID, entries []numbered) error {
	type keyRow struct {
		RunID     uuid.UUID `json:"run_id"`
		SourceKey string    `json:"source_key"`
		Row       int       `json:"row"`
	}
	rows := make([]keyRow, len(entries))
	for i, n := range entries {
		rows[i] = keyRow{run, n.entry.Key, n.row}
	}
	return execRows(tx, rows, `
		INSERT INTO import_keys (run_id, source_key, "row") SELECT run_id, source_key, "row"
		FROM json_to_recordset(@rows) AS r(run_id uuid, source_key text, "row" integer)`, time.Time{})
}

func insertRejections(tx postgres.Tx, run uuid.UUID, rejected []Rejection) error {
	type rejectionRow struct {
		RunID  uuid.UUID `json:"run_id"`
		Row    int       `json:"row"`
		Reason Reason    `json:"reason"`
	}
	rows := make([]rejectionRow, len(rejected))
	for i, r := range rejected {
		rows[i] = rejectionRow{run, r.Row, r.Reason}
	}
	return execRows(tx, rows, `
		INSERT INTO import_rejections (run_id, "row", reason) SELECT run_id, "row", reason
		FROM json_to_recordset(@rows) AS r(run_id uuid, "row" integer, reason text)`, time.Time{})
}

func findRejections(tx postgres.Tx, run uuid.UUID, after, limit int) ([]Rejection, error) {
	var list []Rejection
	err := tx.Gorm().Raw(`SELECT "row", reason FROM import_rejections WHERE run_id = ? AND "row" > ? ORDER BY "row" LIMIT ?`, run, after, limit).Scan(&list).Error
	return list, err
}
