package identity

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// halfwayRow is a sign-in between its two steps.
type halfwayRow struct {
	ID        uuid.UUID
	TokenHash []byte
	PersonID  uuid.UUID
	UnitID    uuid.UUID
	Role      Role
	SealedKey []byte
	Challenge []byte
	Tries     int
	ExpiresAt time.Time
	Pin       []byte
	// From the person and the unit, as they are now.
	Email         string
	Verifier      string
	Guarded       bool
	CredentialPin []byte
	DeactivatedAt *time.Time
	Closings      int
	ReturnPin     []byte
	UnitCode      string
	UnitKind      UnitKind
	AgencyID      *uuid.UUID
	MemberPin     []byte
	DecisionID    *uuid.UUID
}

func (r halfwayRow) membership() membershipRow {
	return membershipRow{PersonID: r.PersonID, UnitID: r.UnitID, Role: r.Role, Pin: r.MemberPin, DecisionID: r.DecisionID}
}

func (r halfwayRow) person() personRow {
	return personRow{ID: r.PersonID, Email: r.Email, UnitID: &r.UnitID, UnitCode: r.UnitCode, UnitKind: r.UnitKind, AgencyID: r.AgencyID, Role: r.Role}
}

func (r halfwayRow) member(token string) (seal.Member, error) {
	if r.SealedKey == nil {
		return seal.Member{}, nil
	}
	return seal.MemberFromSession(token, r.PersonID, r.SealedKey)
}

// findHalfway locks the row: tries are counted one after another.
func findHalfway(tx postgres.Tx, tokenHash []byte) (r halfwayRow, err error) {
	res := tx.Gorm().Raw(`
		SELECT h.id, h.token_hash, h.person_id, h.unit_id, h.role, h.sealed_key, h.challenge, h.tries, h.expires_at, h.pin,
		       p.email, p.deactivated_at, p.closings, p.return_pin, c.verifier, c.guarded, c.pin AS credential_pin,
		       u.code AS unit_code, u.kind AS unit_kind, u.agency_id, m.pin AS member_pin, m.decision_id
		FROM sign_ins h
		JOIN memberships m ON m.person_id = h.person_id AND m.unit_id = h.unit_id AND m.role = h.role
		JOIN people p ON p.id = h.person_id
		JOIN credentials c ON c.person_id = h.person_id
		JOIN units u ON u.id = h.unit_id
		WHERE h.token_hash = ? FOR UPDATE OF h`, tokenHash).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return r, signedOut()
	}
	return r, res.Error
}

// insertHalfway also takes away what was never finished, more at a time than it
// adds.
func insertHalfway(tx postgres.Tx, r halfwayRow, now time.Time) error {
	err := tx.Gorm().Exec(`
		DELETE FROM sign_ins WHERE id = ANY (ARRAY(
			SELECT id FROM sign_ins WHERE expires_at < ? LIMIT 100 FOR UPDATE SKIP LOCKED))`, now).Error
	if err != nil {
		return err
	}
	return tx.Gorm().Exec(`INSERT INTO sign_ins (id, token_hash, person_id, unit_id, role, sealed_key, expires_at, pin) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.TokenHash, r.PersonID, r.UnitID, r.Role, r.SealedKey, r.ExpiresAt, r.Pin).Error
}

func setHalfwayChallenge(tx postgres.Tx, halfway uuid.UUID, sealed []byte) error {
	return tx.Gorm().Exec(`UPDATE sign_ins SET challenge = ? WHERE id = ?`, sealed, halfway).Error
}

func countTry(tx postgres.Tx, halfway uuid.UUID) error {
	return tx.Gorm().Exec(`UPDATE sign_ins SET tries = tries + 1, challenge = NULL WHERE id = ?`, halfway).Error
}

// closeHalfway ends the step; of two proofs at once, one ends it.
func closeHalfway(tx postgres.Tx, halfway uuid.UUID) error {
	res := tx.Gorm().Exec(`DELETE FROM sign_ins WHERE id = ?`, halfway)
	if res.Error == nil && res.RowsAffected == 0 {
		return signedOut()
	}
	return res.Error
}

func closeHalfwayOf(tx postgres.Tx, person uuid.UUID) error {
	return tx.Gorm().Exec(`DELETE FROM sign_ins WHERE person_id = ?`, person).Error
}
