package policy

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type entryRow struct {
	Key        string
	ValidFrom  time.Time
	Value      string
	Source     string
	Pin        []byte
	DecisionID *uuid.UUID
}

// findAll reads the rows of the laws that are known here, the latest of each
// first. Other subjects have policies of their own under other keys.
func findAll(tx postgres.Tx) (rows []entryRow, err error) {
	keys := make([]string, 0, len(laws))
	for _, l := range laws {
		keys = append(keys, string(l.Key))
	}
	err = tx.Gorm().Raw(`
		SELECT key, valid_from, CAST(value AS text) AS value, source, pin, decision_id FROM policies
		WHERE key IN ? ORDER BY key, valid_from DESC`, keys).Scan(&rows).Error
	return rows, err
}

func insert(tx postgres.Tx, e Entry, pin []byte) error {
	var decision *uuid.UUID
	if e.Decision != uuid.Nil {
		decision = &e.Decision
	}
	return tx.Gorm().Exec(`
		INSERT INTO policies (key, valid_from, value, source, pin, decision_id) VALUES (?, CAST(? AS date), CAST(? AS jsonb), ?, ?, ?)`,
		e.Key, e.From.Format(time.DateOnly), string(e.Value), e.Source, pin, decision).Error
}

func exists(tx postgres.Tx, e Entry) (there bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM policies WHERE key = ? AND valid_from = CAST(? AS date))`,
		e.Key, e.From.Format(time.DateOnly)).Scan(&there).Error
	return there, err
}

// findWaiting gives the proposals that wait, by their subject.
func findWaiting(tx postgres.Tx) (map[uuid.UUID]uuid.UUID, error) {
	var rows []struct{ ID, SubjectID uuid.UUID }
	err := tx.Gorm().Raw(`SELECT id, subject_id FROM decisions WHERE kind = ? AND state = 'waiting'`, Change).Scan(&rows).Error
	all := map[uuid.UUID]uuid.UUID{}
	for _, r := range rows {
		all[r.SubjectID] = r.ID
	}
	return all, err
}
