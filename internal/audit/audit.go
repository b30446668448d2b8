package audit

import (
	"github.com/fairpassage/portal/internal/audit/entry"
	"github.com/fairpassage/portal/internal/identity"
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
	return entry.Add(tx, entry.Entry{By: e.Actor.Author(), Action: e.Action, ObjectKind: e.ObjectKind, ObjectID: e.ObjectID})
}
