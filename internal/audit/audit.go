package audit

import (
	"fmt"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Entry is one deed. Action is "noun.verb" in lower case.
type Entry struct {
	Actor      identity.Actor
	Action     string
	ObjectKind string
	ObjectID   uuid.UUID
}

// Record adds the entry within tx.
func Record(tx postgres.Tx, e Entry) error {
	if err := insert(tx, id.New(), e); err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	return nil
}
