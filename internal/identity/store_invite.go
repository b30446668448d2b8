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
	Holding    []byte // nil without a decision
	IssuedAt   time.Time
	ExpiresAt  time.Time
	AcceptedAt *time.Time
	RevokedAt  *time.Time
	Pin        []byte
}

// parts is what the pin binds.
func (r invitationRow) parts() [][]byte {
	return [][]byte{
		r.ID[:], r.PersonID[:], []byte(r.Email), r.TokenHash,
		bytesOf(r.IssuedBy), bytesOf(r.DecisionID), r.Holding, bytesOfTime(r.ExpiresAt),
	}
}

// invitedRow is an invitation with what is known of its person now.
type invitedRow struct {
	ID            uuid.UUID
	PersonID      uuid.UUID
	Email         string
	TokenHash     []byte
	IssuedBy      *uuid.UUID
	DecisionID    *uuid.UUID
	Holding       []byte
	ExpiresAt     time.Time
	AcceptedAt    *time.Time
	RevokedAt     *time.Time
	Pin           []byte
	PersonEmail   string
	Name          string
	DeactivatedAt *time.Time
	Closings      int
	ReturnPin     []byte
	HasPassphrase bool
}

func (r invitedRow) invitation() invitationRow {
	return invitationRow{
		ID: r.ID, PersonID: r.PersonID, Email: r.Email, TokenHash: r.TokenHash,
		IssuedBy: r.IssuedBy, DecisionID: r.DecisionID, Holding: r.Holding, ExpiresAt: r.ExpiresAt,
	}
}

// findInvitation returns the zero row for a code that nobody made out. Locked,
// of two acceptances at once the second finds it accepted. A role that two people
// granted went to somebody with a passphrase: deleting that makes nobody new.
func findInvitation(tx postgres.Tx, tokenHash []byte, lock bool) (r invitedRow, err error) {
	query := `
		SELECT i.id, i.person_id, i.email, i.token_hash, i.issued_by, i.decision_id, i.holding, i.expires_at, i.accepted_at, i.revoked_at, i.pin,
		       p.email AS person_email, p.name, p.deactivated_at, p.closings, p.return_pin,
		       EXISTS (SELECT FROM credentials c WHERE c.person_id = i.person_id)
		         OR EXISTS (SELECT FROM memberships m WHERE m.person_id = i.person_id AND m.decision_id IS NOT NULL) AS has_passphrase
		FROM invitations i JOIN people p ON p.id = i.person_id WHERE i.token_hash = ?`
	if lock {
		query += ` FOR UPDATE OF i`
	}
	err = tx.Gorm().Raw(query, tokenHash).Scan(&r).Error
	return r, err
}

func acceptInvitation(tx postgres.Tx, invitation uuid.UUID, at time.Time) error {
	res := tx.Gorm().Exec(`UPDATE invitations SET accepted_at = ? WHERE id = ? AND accepted_at IS NULL AND revoked_at IS NULL`, at, invitation)
	return one(res.RowsAffected, res.Error)
}

func insertPerson(tx postgres.Tx, person uuid.UUID, who Newcomer, at time.Time) error {
	return tx.Gorm().Exec(`INSERT INTO people (id, email, name, language, created_at) VALUES (?, ?, ?, ?, ?)`,
		person, who.Email, who.Name, who.Language, at).Error
}

func insertInvitation(tx postgres.Tx, r invitationRow) error {
	return tx.Gorm().Exec(`
		INSERT INTO invitations (id, person_id, email, token_hash, issued_by, decision_id, holding, issued_at, expires_at, pin)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.PersonID, r.Email, r.TokenHash, r.IssuedBy, r.DecisionID, r.Holding, r.IssuedAt, r.ExpiresAt, r.Pin).Error
}

func revokeInvitations(tx postgres.Tx, person uuid.UUID, at time.Time) error {
	return tx.Gorm().Exec(`UPDATE invitations SET revoked_at = ? WHERE person_id = ? AND accepted_at IS NULL AND revoked_at IS NULL`,
		at, person).Error
}
