package outbox

import (
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

const open = `kept_at IS NULL AND dead_at IS NULL`

func claim(tx postgres.Tx, topic string, due time.Time, room int) ([]Promise, error) {
	var rows []row
	// The last condition of the inner query says nothing new; it bounds the
	// walk along promises_waiting to what can be due.
	err := tx.Gorm().Raw(`
		UPDATE promises SET rung_at = now(), attempt = attempt + 1
		WHERE id IN (
			SELECT id FROM promises
			WHERE topic = @topic AND `+open+` AND rung_at IS NULL
			  AND (coalesce(retry_at, run_after) IS NULL OR coalesce(retry_at, run_after) <= @due)
			  AND coalesce(retry_at, run_after, made_at) <= greatest(@due, now())
			ORDER BY coalesce(retry_at, run_after, made_at), id
			LIMIT greatest(0, @room - (SELECT count(*) FROM promises WHERE topic = @topic AND `+open+` AND rung_at IS NOT NULL))
			FOR UPDATE SKIP LOCKED)
		RETURNING `+columns,
		map[string]any{"topic": topic, "due": due, "room": room}).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	promises := make([]Promise, 0, len(rows))
	for _, r := range rows {
		promises = append(promises, r.promise())
	}
	// The statement returns them in any order; version 7 ids sort by making.
	slices.SortFunc(promises, func(a, b Promise) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return promises, nil
}

func putBack(tx postgres.Tx, p Promise, until time.Time) error {
	return tx.Gorm().Exec(`UPDATE promises SET rung_at = NULL, retry_at = ? WHERE id = ? AND attempt = ? AND `+open,
		until, p.ID, p.Attempt).Error
}

func sweep(tx postgres.Tx, lease time.Duration) (int, error) {
	// Locked rows are being worked on.
	res := tx.Gorm().Exec(`
		UPDATE promises SET rung_at = NULL
		WHERE id IN (
			SELECT id FROM promises
			WHERE `+open+` AND rung_at IS NOT NULL AND rung_at < now() - make_interval(secs => ?)
			FOR UPDATE SKIP LOCKED)`, lease.Seconds())
	return int(res.RowsAffected), res.Error
}

func oldest(tx postgres.Tx, due time.Time) (*time.Time, error) {
	var found struct{ First *time.Time } // of nothing the minimum is NULL
	err := tx.Gorm().Raw(`
		SELECT min(coalesce(run_after, made_at)) AS first FROM promises
		WHERE `+open+` AND (run_after IS NULL OR run_after <= ?)`, due).Scan(&found).Error
	return found.First, err
}

func begin(tx postgres.Tx, key uuid.UUID, attempt, maxTries int) (Promise, bool, error) {
	var r row
	res := tx.Gorm().Raw(`
		UPDATE promises SET tries = tries + 1, attempt = attempt + 1, rung_at = now()
		WHERE id = (SELECT id FROM promises WHERE id = ? AND attempt = ? AND `+open+` AND tries < ? FOR UPDATE SKIP LOCKED)
		RETURNING `+columns, key, attempt, maxTries).Scan(&r)
	if res.Error != nil {
		return Promise{}, false, res.Error
	}
	if res.RowsAffected == 1 {
		return r.promise(), true, nil
	}
	return Promise{}, false, tx.Gorm().Exec(`
		UPDATE promises SET dead_at = now(), rung_at = NULL, error = ?
		WHERE id = (SELECT id FROM promises WHERE id = ? AND attempt = ? AND `+open+` AND tries >= ? FOR UPDATE SKIP LOCKED)`,
		ClassLost, key, attempt, maxTries).Error
}

func fail(tx postgres.Tx, p Promise, class Class, retryAt time.Time, maxTries int) (bool, error) {
	var given struct{ Dead bool }
	res := tx.Gorm().Raw(`
		UPDATE promises SET error = @class, rung_at = NULL, retry_at = @retry,
			dead_at = CASE WHEN tries >= @max THEN now() END
		WHERE id = @id AND attempt = @attempt AND `+open+`
		RETURNING dead_at IS NOT NULL AS dead`,
		map[string]any{"class": class, "retry": retryAt, "max": maxTries, "id": p.ID, "attempt": p.Attempt}).Scan(&given)
	return given.Dead, res.Error
}

func release(tx postgres.Tx, p Promise) error {
	return tx.Gorm().Exec(`UPDATE promises SET rung_at = NULL, tries = greatest(0, tries - 1) WHERE id = ? AND attempt = ? AND `+open,
		p.ID, p.Attempt).Error
}

func dead(tx postgres.Tx, limit int) ([]DeadLetter, error) {
	var rows []row
	err := tx.Gorm().Raw(`SELECT `+columns+`, kept_at, dead_at, error FROM promises
		WHERE dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT ?`, limit).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	letters := make([]DeadLetter, 0, len(rows))
	for _, r := range rows {
		letters = append(letters, DeadLetter{Promise: r.promise(), Error: r.Error, DeadAt: *r.DeadAt})
	}
	return letters, nil
}

func countDead(tx postgres.Tx) (int, error) {
	var found struct{ N int }
	err := tx.Gorm().Raw(`SELECT count(*) AS n FROM promises WHERE dead_at IS NOT NULL`).Scan(&found).Error
	return found.N, err
}

func revive(tx postgres.Tx, key uuid.UUID) error {
	res := tx.Gorm().Exec(`UPDATE promises SET dead_at = NULL, rung_at = NULL, retry_at = NULL, tries = 0
		WHERE id = ? AND dead_at IS NOT NULL`, key)
	if res.Error == nil && res.RowsAffected == 0 {
		return ErrUnknown
	}
	return res.Error
}
