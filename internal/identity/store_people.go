package identity

import (
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type memberKeyRow struct {
	ID       string
	PersonID uuid.UUID
	Public   []byte
	Wrapped  []byte
	Pin      []byte
	MadeAt   time.Time
}

type membershipRow struct {
	PersonID   uuid.UUID
	UnitID     uuid.UUID
	Role       Role
	Pin        []byte
	GrantedAt  time.Time
	DecisionID *uuid.UUID
}

// decision is what the pin binds of the decision: nothing where there is none.
func (m membershipRow) decision() []byte {
	if m.DecisionID == nil {
		return nil
	}
	return m.DecisionID[:]
}

// memberRow is a membership with its person's key. gorm fills no embedded
// struct that is not exported.
type memberRow struct {
	PersonID   uuid.UUID
	UnitID     uuid.UUID
	Role       Role
	Pin        []byte
	DecisionID *uuid.UUID
	Name       string
	KeyID      string
	Public     []byte
	KeyPin     []byte
	Closings   int
	ReturnPin  []byte
}

func (r memberRow) membership() membershipRow {
	return membershipRow{PersonID: r.PersonID, UnitID: r.UnitID, Role: r.Role, Pin: r.Pin, DecisionID: r.DecisionID}
}

func setCredential(tx postgres.Tx, person uuid.UUID, verifier string, guarded bool, pin []byte, at time.Time) error {
	// Two statements: a role that sets the first passphrase may not read any.
	res := tx.Gorm().Exec(`INSERT INTO credentials (person_id, verifier, guarded, pin, set_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		person, verifier, guarded, pin, at)
	if res.Error != nil || res.RowsAffected == 1 {
		return res.Error
	}
	res = tx.Gorm().Exec(`UPDATE credentials SET verifier = ?, guarded = ?, pin = ?, set_at = ? WHERE person_id = ?`, verifier, guarded, pin, at, person)
	return one(res.RowsAffected, res.Error)
}

func replaceMemberKey(tx postgres.Tx, r memberKeyRow) error {
	err := tx.Gorm().Exec(`UPDATE member_keys SET retired_at = ? WHERE person_id = ? AND retired_at IS NULL`, r.MadeAt, r.PersonID).Error
	if err != nil {
		return err
	}
	return tx.Gorm().Exec(`INSERT INTO member_keys (id, person_id, public, wrapped, pin, made_at) VALUES (?, ?, ?, ?, ?, ?)`,
		r.ID, r.PersonID, r.Public, r.Wrapped, r.Pin, r.MadeAt).Error
}

func rewrapMemberKey(tx postgres.Tx, person uuid.UUID, key string, wrapped []byte) error {
	res := tx.Gorm().Exec(`UPDATE member_keys SET wrapped = ? WHERE person_id = ? AND id = ? AND retired_at IS NULL`, wrapped, person, key)
	return one(res.RowsAffected, res.Error)
}

func insertMembership(tx postgres.Tx, m membershipRow) error {
	return tx.Gorm().Exec(`INSERT INTO memberships (person_id, unit_id, role, pin, granted_at, decision_id) VALUES (?, ?, ?, ?, ?, ?)`,
		m.PersonID, m.UnitID, m.Role, m.Pin, m.GrantedAt, m.DecisionID).Error
}

func membersOf(tx postgres.Tx, unit uuid.UUID) (rows []memberRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT m.person_id, m.unit_id, m.role, m.pin, m.granted_at, m.decision_id, p.name, k.id AS key_id, k.public, k.pin AS key_pin, p.closings, p.return_pin
		FROM memberships m JOIN people p ON p.id = m.person_id AND p.deactivated_at IS NULL
		JOIN member_keys k ON k.person_id = p.id AND k.retired_at IS NULL
		WHERE m.unit_id = ? ORDER BY p.name, p.id, m.role`, unit).Scan(&rows).Error
	return rows, err
}

func standing(tx postgres.Tx, person, unit uuid.UUID) (rows []personRow, err error) {
	err = tx.Gorm().Raw(`SELECT unit_code, unit_kind, agency_id, role, pin, decision_id, closings, return_pin FROM standing(who => ?, at_unit => ?)`, person, unit).Scan(&rows).Error
	return rows, err
}

func findMemberKey(tx postgres.Tx, person uuid.UUID, key string) (r memberKeyRow, err error) {
	res := tx.Gorm().Raw(`SELECT id, person_id, public, pin FROM member_keys
		WHERE person_id = @person AND (id = @key OR @key = '' AND retired_at IS NULL)`, map[string]any{"person": person, "key": key}).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return r, fault.New(fault.NotFound, "problem.not_found")
	}
	return r, res.Error
}

func one(rows int64, err error) error {
	if err == nil && rows != 1 {
		return fmt.Errorf("%d rows, want one", rows)
	}
	return err
}
