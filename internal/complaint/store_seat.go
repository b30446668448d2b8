package complaint

import (
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// seat is a membership by which somebody may come to read first.
type seat struct {
	PersonID   uuid.UUID
	UnitID     uuid.UUID
	Role       identity.Role
	DecisionID *uuid.UUID
	Pin        []byte
}

func (m seat) genuine(people *identity.People) bool {
	var decision uuid.UUID
	if m.DecisionID != nil {
		decision = *m.DecisionID
	}
	return people.Granted(m.PersonID, m.UnitID, m.Role, decision, m.Pin)
}

// firstReaders lists those who are not deactivated.
func firstReaders(tx postgres.Tx) (seats []seat, err error) {
	err = tx.Gorm().Raw(`SELECT person_id, unit_id, ? AS role, decision_id, pin FROM first_readers()`, identity.RoleFirstReader).Scan(&seats).Error
	return seats, err
}

// lockedReading is a reading of which somebody may be told.
type lockedReading struct {
	ID, ComplaintID, UnitID, StandInID uuid.UUID
	State                              string
	MadeAt                             time.Time
	ClimbedAt                          *time.Time
	HandedTo                           *uuid.UUID
}

// lockReading makes telling, climbing and reading wait for each other.
func lockReading(tx postgres.Tx, key uuid.UUID) (r lockedReading, found bool, err error) {
	res := tx.Gorm().Raw(`SELECT id, complaint_id, unit_id, coalesce(stand_in_id, ?) AS stand_in_id, state, made_at, climbed_at, handed_to
		FROM readings WHERE id = ? FOR UPDATE`, uuid.Nil, key).Scan(&r)
	return r, res.RowsAffected == 1, res.Error
}

// seatsWithoutConflict lists who sits at the reading's desk in one of the roles
// and may read this complaint, by person.
func seatsWithoutConflict(tx postgres.Tx, r lockedReading, roles []identity.Role) (seats []seat, err error) {
	err = tx.Gorm().Raw(`
		SELECT m.person_id, m.unit_id, m.role, m.decision_id, m.pin
		FROM memberships m JOIN people p ON p.id = m.person_id AND p.deactivated_at IS NULL
		WHERE m.unit_id = @unit AND m.role IN @roles AND NOT excluded(@told, m.unit_id) AND NOT reading_conflict(@told, m.person_id)
		ORDER BY m.person_id, m.role`,
		map[string]any{"unit": r.UnitID, "roles": roles, "told": r.ComplaintID}).Scan(&seats).Error
	return seats, err
}
