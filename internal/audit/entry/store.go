package entry

import (
	"fmt"

	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Author is who did it. Person and Unit are zero but for a person's own deed.
type Author struct {
	Kind         string // as audit_entries.actor_kind allows
	Person, Unit uuid.UUID
	Process      string
}

// Entry is one deed. Action is "noun.verb" in lower case.
type Entry struct {
	By         Author
	Action     string
	ObjectKind string
	ObjectID   uuid.UUID
}

// Add writes the entry within tx.
func Add(tx postgres.Tx, e Entry) error {
	err := tx.Gorm().Exec(`
		INSERT INTO audit_entries (id, actor_kind, actor_id, unit_id, process, action, object_kind, object_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		id.New(), e.By.Kind, some(e.By.Person), some(e.By.Unit), e.By.Process, e.Action, e.ObjectKind, e.ObjectID).Error
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	return nil
}

func some(key uuid.UUID) *uuid.UUID {
	if key == uuid.Nil {
		return nil
	}
	return &key
}
