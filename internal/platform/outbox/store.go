package outbox

import (
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// columns of a promise as row reads them.
const columns = `id, topic, subject_id, run_after, attempt, tries`

type row struct {
	ID        uuid.UUID
	Topic     string
	SubjectID uuid.UUID
	RunAfter  *time.Time
	Attempt   int
	Tries     int
	KeptAt    *time.Time
	DeadAt    *time.Time
	Error     Class
}

func (r row) promise() Promise {
	p := Promise{ID: r.ID, Topic: r.Topic, SubjectID: r.SubjectID, Attempt: r.Attempt, Tries: r.Tries}
	if r.RunAfter != nil {
		p.RunAfter = *r.RunAfter
	}
	return p
}

func insert(tx postgres.Tx, key uuid.UUID, p Promise) error {
	var dedupe *string
	if p.Dedupe != "" {
		dedupe = &p.Dedupe
	}
	var after *time.Time
	if !p.RunAfter.IsZero() {
		after = &p.RunAfter
	}
	return tx.Gorm().Exec(`
		INSERT INTO promises (id, topic, subject_id, dedupe, run_after)
		VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`,
		key, p.Topic, p.SubjectID, dedupe, after).Error
}

func lock(tx postgres.Tx, key uuid.UUID) (Promise, bool, error) {
	return scan(tx, key, "FOR UPDATE")
}

func find(tx postgres.Tx, key uuid.UUID) (Promise, bool, error) {
	return scan(tx, key, "")
}

func scan(tx postgres.Tx, key uuid.UUID, locking string) (Promise, bool, error) {
	var r row
	res := tx.Gorm().Raw(`SELECT `+columns+`, kept_at, dead_at FROM promises WHERE id = ? `+locking, key).Scan(&r)
	if res.Error != nil {
		return Promise{}, false, res.Error
	}
	if res.RowsAffected == 0 {
		return Promise{}, false, ErrUnknown
	}
	return r.promise(), r.KeptAt != nil, nil
}

func markKept(tx postgres.Tx, key uuid.UUID) error {
	// A promise that was given up and is kept after all is no longer dead.
	res := tx.Gorm().Exec(`UPDATE promises SET kept_at = now(), dead_at = NULL, error = '' WHERE id = ? AND kept_at IS NULL`, key)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected != 1 {
		return fmt.Errorf("mark promise kept: %d rows", res.RowsAffected)
	}
	return nil
}
