package audit

import (
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

func insert(tx postgres.Tx, key uuid.UUID, e Entry) error {
	var person, unit *uuid.UUID
	if e.Actor.Kind == identity.KindStaff {
		person, unit = &e.Actor.PersonID, &e.Actor.UnitID
	}
	return tx.Gorm().Exec(`
		INSERT INTO audit_entries (id, actor_kind, actor_id, unit_id, process, action, object_kind, object_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		key, e.Actor.Kind, person, unit, e.Actor.Process, e.Action, e.ObjectKind, e.ObjectID).Error
}
