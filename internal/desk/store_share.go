package desk

import (
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type shareRow struct {
	KeyID      string
	UnitID     uuid.UUID
	UnitCode   string
	HolderID   uuid.UUID
	HolderName string // JSON
	HolderKey  string
	Sealed     []byte
}

// holderKeys returns the current keys of the desks that could hold shares: those
// of three kinds, of each kind the units that are under no other first.
func holderKeys(tx postgres.Tx) (rows []keyRow, err error) {
	err = tx.Gorm().Raw(`SELECT u.kind AS unit_kind, `+keyColumns+` WHERE k.retired_at IS NULL AND u.kind IN (?, ?, ?)
		ORDER BY u.kind, u.parent_id IS NOT NULL, u.code`, identity.UnitOversight, identity.UnitPolice, identity.UnitSupport).Scan(&rows).Error
	return rows, err
}

func insertShare(tx postgres.Tx, r shareRow) error {
	return tx.Gorm().Exec(`INSERT INTO desk_shares (key_id, unit_id, holder_id, holder_key, sealed) VALUES (?, ?, ?, ?, ?)`,
		r.KeyID, r.UnitID, r.HolderID, r.HolderKey, r.Sealed).Error
}

func dropShares(tx postgres.Tx, unit uuid.UUID, key string) error {
	return tx.Gorm().Exec(`DELETE FROM desk_shares WHERE unit_id = ? AND key_id = ?`, unit, key).Error
}

// sharesOf lists who holds shares of the key, without the shares.
func sharesOf(tx postgres.Tx, key string) (rows []shareRow, err error) {
	err = tx.Gorm().Raw(`SELECT s.key_id, s.unit_id, s.holder_id, s.holder_key, u.name AS holder_name
		FROM desk_shares s JOIN units u ON u.id = s.holder_id WHERE s.key_id = ? ORDER BY u.code`, key).Scan(&rows).Error
	return rows, err
}

// sharesHeld lists the shares that a desk holds; of one unit's keys when of is
// not the zero id.
func sharesHeld(tx postgres.Tx, holder, of uuid.UUID) (rows []shareRow, err error) {
	err = tx.Gorm().Raw(`SELECT s.key_id, s.unit_id, u.code AS unit_code, s.holder_id, s.holder_key, s.sealed
		FROM desk_shares s JOIN units u ON u.id = s.unit_id
		WHERE s.holder_id = @holder AND (@all OR s.unit_id = @of) ORDER BY s.key_id`,
		map[string]any{"holder": holder, "of": of, "all": of == uuid.Nil}).Scan(&rows).Error
	return rows, err
}

func resealShare(tx postgres.Tx, r shareRow, from string) error {
	return tx.Gorm().Exec(`UPDATE desk_shares SET holder_key = ?, sealed = ? WHERE key_id = ? AND holder_id = ? AND holder_key = ?`,
		r.HolderKey, r.Sealed, r.KeyID, r.HolderID, from).Error
}

type contributionRow struct {
	KeyID      string
	UnitID     uuid.UUID
	HolderID   uuid.UUID
	GivenBy    uuid.UUID
	PersonID   uuid.UUID
	MemberKey  string
	DecisionID uuid.UUID
	Sealed     []byte
	MadeAt     time.Time
}

func insertContribution(tx postgres.Tx, r contributionRow) error {
	return tx.Gorm().Exec(`INSERT INTO desk_contributions (key_id, unit_id, holder_id, given_by, person_id, member_key, decision_id, sealed, made_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.KeyID, r.UnitID, r.HolderID, r.GivenBy, r.PersonID, r.MemberKey, r.DecisionID, r.Sealed, r.MadeAt).Error
}

func contributionsFor(tx postgres.Tx, unit uuid.UUID, memberKey string) (rows []contributionRow, err error) {
	err = tx.Gorm().Raw(`SELECT key_id, unit_id, holder_id, given_by, person_id, member_key, sealed, made_at
		FROM desk_contributions WHERE unit_id = ? AND member_key = ? ORDER BY key_id, holder_id`, unit, memberKey).Scan(&rows).Error
	return rows, err
}

func dropContributions(tx postgres.Tx, unit uuid.UUID) error {
	return tx.Gorm().Exec(`DELETE FROM desk_contributions WHERE unit_id = ?`, unit).Error
}
