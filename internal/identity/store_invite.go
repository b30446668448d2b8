package identity

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type invitationRow struct {
	ID         uuid.UUID
	PersonID   uuid.UUID
	Email      string
	TokenHash  []byte
	IssuedBy   *uuid.UUID
	DecisionID *uuid.UUID
	IssuedAt   time.Time
	ExpiresAt  time.Time
	AcceptedAt *time.Time
	RevokedAt  *time.Time
	Pin        []byte
}

func insertPerson(tx postgres.Tx, person uuid.UUID, who Newcomer, at time.Time) error {
	return tx.Gorm().Exec(`INSERT INTO people (id, email, name, language, created_at) VALUES (?, ?, ?, ?, ?)`,
		person, who.Email, who.Name, who.Language, at).Error
}

func insertInvitation(tx postgres.Tx, r invitationRow) error {
	return tx.Gorm().Exec(`
		INSERT INTO invitations (id, person_id, email, token_hash, issued_by, decision_id, issued_at, expires_at, pin)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.PersonID, r.Email, r.TokenHash, r.IssuedBy, r.DecisionID, r.IssuedAt, r.ExpiresAt, r.Pin).Error
}

func revokeInvitations(tx postgres.Tx, person uuid.UUID, at time.Time) error {
	return tx.Gorm().Exec(`UPDATE invitations SET revoked_at = ? WHERE person_id = ? AND accepted_at IS NULL AND revoked_at IS NULL`,
		at, person).Error
}
