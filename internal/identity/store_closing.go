package identity

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

func holdPerson(tx postgres.Tx, person uuid.UUID) error {
	return tx.Gorm().Exec(`SELECT hold_person(person => ?)`, person).Error
}

func closeAccount(tx postgres.Tx, person uuid.UUID, at time.Time) (closed bool, err error) {
	res := tx.Gorm().Exec(`UPDATE people SET deactivated_at = ? WHERE id = ? AND deactivated_at IS NULL`, at, person)
	return res.RowsAffected == 1, res.Error
}

func openAccount(tx postgres.Tx, person uuid.UUID, pin []byte) (opened bool, err error) {
	res := tx.Gorm().Exec(`UPDATE people SET deactivated_at = NULL, return_pin = ? WHERE id = ? AND deactivated_at IS NOT NULL`, pin, person)
	return res.RowsAffected == 1, res.Error
}

func closingsOf(tx postgres.Tx, person uuid.UUID) (n int, err error) {
	err = tx.Gorm().Raw(`SELECT closings FROM people WHERE id = ?`, person).Scan(&n).Error
	return n, err
}

func endSessions(tx postgres.Tx, person uuid.UUID, at time.Time) error {
	return tx.Gorm().Exec(`SELECT end_sessions(person => ?, at => ?)`, person, at).Error
}

func endCaseRoles(tx postgres.Tx, person uuid.UUID) (ended int64, err error) {
	res := tx.Gorm().Exec(`DELETE FROM memberships WHERE person_id = ? AND case_reading_role(role)`, person)
	return res.RowsAffected, res.Error
}

func holding(tx postgres.Tx, person uuid.UUID) (Holding, error) {
	h := Holding{Roles: []string{}}
	if err := tx.Gorm().Raw(`SELECT id FROM member_keys WHERE person_id = ? AND retired_at IS NULL`, person).Scan(&h.Key).Error; err != nil {
		return Holding{}, err
	}
	err := tx.Gorm().Raw(`SELECT unit_id || ' ' || role FROM memberships WHERE person_id = ? ORDER BY 1`, person).Scan(&h.Roles).Error
	return h, err
}
