package identity

import (
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// findAccount returns the zero row for an address that nobody has.
func findAccount(tx postgres.Tx, email string) (a Account, err error) {
	err = tx.Gorm().Raw(`SELECT id, email, name, deactivated_at FROM people WHERE email = ?`, email).Scan(&a).Error
	return a, err
}

func listAccounts(tx postgres.Tx) (all []Account, err error) {
	err = tx.Gorm().Raw(`
		SELECT p.id, p.email, p.name, p.deactivated_at, coalesce(string_agg(m.role || ' at ' || u.code, ', ' ORDER BY u.code, m.role), '') AS roles
		FROM people p LEFT JOIN memberships m ON m.person_id = p.id LEFT JOIN units u ON u.id = m.unit_id
		GROUP BY p.id ORDER BY p.email`).Scan(&all).Error
	return all, err
}

// administration returns the first unit of its kind, or the zero id.
func administration(tx postgres.Tx) (uuid.UUID, error) {
	var row struct{ ID uuid.UUID }
	err := tx.Gorm().Raw(`SELECT id FROM units WHERE kind = ? ORDER BY code LIMIT 1`, UnitAdministration).Scan(&row).Error
	return row.ID, err
}

func insertAdministration(tx postgres.Tx, u UnitRecord) error {
	return tx.Gorm().Exec(`INSERT INTO units (id, code, kind, name, pin) VALUES (?, ?, ?, '{"en": "Administration", "km": "រដ្ឋបាល"}', ?)`,
		u.ID, u.Code, u.Kind, u.Pin).Error
}
