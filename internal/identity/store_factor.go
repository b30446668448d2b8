package identity

import (
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type factorRow struct {
	ID       uuid.UUID
	PersonID uuid.UUID
	Kind     FactorKind
	Name     string
	Handle   []byte
	Material []byte
	Counter  int64
	Pin      []byte
	MadeAt   time.Time
	UsedAt   *time.Time
}

// parts is what the pin binds.
func (r factorRow) parts() [][]byte {
	return [][]byte{r.ID[:], r.PersonID[:], []byte(r.Kind), []byte(r.Name), r.Handle, r.Material, bytesOfCount(r.Counter)}
}

type credentialRow struct {
	Verifier string
	Pin      []byte
	Guarded  bool
}

// lockPerson makes changes of one person's factors wait for each other.
func lockPerson(tx postgres.Tx, person uuid.UUID) error {
	var one int
	return tx.Gorm().Raw(`SELECT 1 FROM credentials WHERE person_id = ? FOR NO KEY UPDATE`, person).Scan(&one).Error
}

func findCredential(tx postgres.Tx, person uuid.UUID) (r credentialRow, err error) {
	res := tx.Gorm().Raw(`SELECT verifier, pin, guarded FROM credentials WHERE person_id = ?`, person).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return r, fault.New(fault.NotFound, "problem.not_found")
	}
	return r, res.Error
}

func guardCredential(tx postgres.Tx, person uuid.UUID, guarded bool, pin []byte) error {
	res := tx.Gorm().Exec(`UPDATE credentials SET guarded = ?, pin = ? WHERE person_id = ?`, guarded, pin, person)
	return one(res.RowsAffected, res.Error)
}

func factorsOf(tx postgres.Tx, person uuid.UUID) (rows []factorRow, err error) {
	err = tx.Gorm().Raw(`SELECT id, person_id, kind, name, handle, material, counter, pin, made_at, used_at
		FROM factors WHERE person_id = ? ORDER BY made_at, id`, person).Scan(&rows).Error
	return rows, err
}

func insertFactor(tx postgres.Tx, r factorRow) error {
	return tx.Gorm().Exec(`INSERT INTO factors (id, person_id, kind, name, handle, material, counter, pin, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.PersonID, r.Kind, r.Name, r.Handle, r.Material, r.Counter, r.Pin, r.MadeAt).Error
}

// useFactor keeps the new count. Of two at once with the same step, the second
// waits for the first and finds the count taken; keys that do not count stay at 0.
func useFactor(tx postgres.Tx, r factorRow, pin []byte, at time.Time) (bool, error) {
	res := tx.Gorm().Exec(`UPDATE factors SET material = @material, counter = @counter, pin = @pin, used_at = @at
		WHERE id = @id AND person_id = @person AND (counter < @counter OR counter = 0 AND @counter = 0)`,
		map[string]any{"material": r.Material, "counter": r.Counter, "pin": pin, "at": at, "id": r.ID, "person": r.PersonID})
	return res.RowsAffected == 1, res.Error
}

func spendFactor(tx postgres.Tx, person, factor uuid.UUID) (bool, error) {
	res := tx.Gorm().Exec(`DELETE FROM factors WHERE id = ? AND person_id = ?`, factor, person)
	return res.RowsAffected == 1, res.Error
}

func deleteFactor(tx postgres.Tx, person, factor uuid.UUID) error {
	res := tx.Gorm().Exec(`DELETE FROM factors WHERE id = ? AND person_id = ?`, factor, person)
	return one(res.RowsAffected, res.Error)
}

func deleteFactorsOf(tx postgres.Tx, person uuid.UUID, kind FactorKind) (gone []uuid.UUID, err error) {
	err = tx.Gorm().Raw(`DELETE FROM factors WHERE person_id = ? AND kind = ? RETURNING id`, person, kind).Scan(&gone).Error
	return gone, err
}

func deleteFactors(tx postgres.Tx, person uuid.UUID) error {
	return tx.Gorm().Exec(`DELETE FROM factors WHERE person_id = ?`, person).Error
}
