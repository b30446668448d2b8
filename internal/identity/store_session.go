package identity

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

func sessionsOf(tx postgres.Tx, person uuid.UUID) (rows []sessionRow, err error) {
	err = tx.Gorm().Raw(`SELECT id, created_at, seen_at, expires_at, revoked_at FROM sessions
		WHERE person_id = ? AND revoked_at IS NULL ORDER BY created_at DESC, id`, person).Scan(&rows).Error
	return rows, err
}

// lastWorn returns the unit and the role of the person's last session, or the
// zero ones. It is an offer and no more: what is chosen is looked up anew.
func lastWorn(tx postgres.Tx, person uuid.UUID) (unit uuid.UUID, role Role, err error) {
	var last struct {
		UnitID uuid.UUID
		Role   Role
	}
	err = tx.Gorm().Raw(`SELECT unit_id, role FROM sessions WHERE person_id = ? ORDER BY created_at DESC, id DESC LIMIT 1`, person).Scan(&last).Error
	return last.UnitID, last.Role, err
}

func endOwn(tx postgres.Tx, person, session uuid.UUID, at time.Time) (own bool, err error) {
	res := tx.Gorm().Exec(`UPDATE sessions SET revoked_at = ? WHERE id = ? AND person_id = ? AND revoked_at IS NULL`, at, session, person)
	return res.RowsAffected == 1, res.Error
}

// revokeOthers spares one session, or none when it is the zero id, and returns
// those that it ended.
func revokeOthers(tx postgres.Tx, person, spared uuid.UUID, at time.Time) (ended []uuid.UUID, err error) {
	err = tx.Gorm().Raw(`UPDATE sessions SET revoked_at = ? WHERE person_id = ? AND id <> ? AND revoked_at IS NULL RETURNING id`, at, person, spared).
		Scan(&ended).Error
	return ended, err
}

// renewSession changes the token only where it still is the former one: of two
// at once, one does.
func renewSession(tx postgres.Tx, r sessionRow, was []byte) error {
	res := tx.Gorm().Exec(`UPDATE sessions SET token_hash = ?, sealed_key = ?, fresh_at = ?, pin = ? WHERE id = ? AND token_hash = ? AND revoked_at IS NULL`,
		r.TokenHash, r.SealedKey, r.FreshAt, r.Pin, r.ID, was)
	if res.Error == nil && res.RowsAffected == 0 {
		return signedOut()
	}
	return res.Error
}

func setSessionChallenge(tx postgres.Tx, session uuid.UUID, sealed []byte) error {
	return tx.Gorm().Exec(`UPDATE sessions SET challenge = ? WHERE id = ?`, sealed, session).Error
}

// takeChallenge returns the question and takes it away, nil for none.
func takeChallenge(tx postgres.Tx, session uuid.UUID) ([]byte, error) {
	var asked struct{ Challenge []byte }
	err := tx.Gorm().Raw(`
		WITH asked AS (SELECT id, challenge FROM sessions WHERE id = ? FOR UPDATE),
		     taken AS (UPDATE sessions s SET challenge = NULL FROM asked WHERE s.id = asked.id AND asked.challenge IS NOT NULL)
		SELECT challenge FROM asked`, session).Scan(&asked).Error
	return asked.Challenge, err
}
