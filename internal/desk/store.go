package desk

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type unitRow struct {
	ID   uuid.UUID
	Code string
	Kind identity.UnitKind
	Name string // JSON: language → name
}

func (u unitRow) names() map[string]string { return names(u.Name) }

// names reads a unit's name by language.
func names(text string) map[string]string {
	var all map[string]string
	_ = json.Unmarshal([]byte(text), &all) // the table holds objects only
	return all
}

type keyRow struct {
	ID                     string
	UnitID                 uuid.UUID
	UnitCode               string
	UnitKind               identity.UnitKind // of holders alone
	Sequence               int
	Public, Pin            []byte
	MadeAt                 time.Time
	RetiredAt, DestroyedAt *time.Time
}

const keyColumns = `k.id, k.unit_id, u.code AS unit_code, k.sequence, k.public, k.pin, k.made_at, k.retired_at, k.destroyed_at
	FROM desk_keys k JOIN units u ON u.id = k.unit_id`

// lockUnit lets one process at a time replace the keys of a desk, and waits for
// envelopes that are being filed: see envelope_key_is_current.
func lockUnit(tx postgres.Tx, code string) error {
	return tx.Gorm().Exec(`SELECT pg_advisory_xact_lock(7203150, hashtext(?))`, code).Error
}

func findUnit(tx postgres.Tx, code string) (u unitRow, err error) {
	res := tx.Gorm().Raw(`SELECT id, code, kind, name FROM units WHERE code = ?`, code).Scan(&u)
	if res.Error == nil && res.RowsAffected == 0 {
		return u, fault.New(fault.NotFound, "problem.not_found")
	}
	return u, res.Error
}

func unitByID(tx postgres.Tx, key uuid.UUID) (u unitRow, err error) {
	res := tx.Gorm().Raw(`SELECT id, code, kind, name FROM units WHERE id = ?`, key).Scan(&u)
	if res.Error == nil && res.RowsAffected == 0 {
		return u, fault.New(fault.NotFound, "problem.not_found")
	}
	return u, res.Error
}

// unitsOfDesks lists the units that may hold keys, whoever wrote them.
func unitsOfDesks(tx postgres.Tx) (all []unitRow, err error) {
	err = tx.Gorm().Raw(`SELECT id, code, kind, name FROM units WHERE kind NOT IN (?, ?) ORDER BY code`,
		identity.UnitAgency, identity.UnitAdministration).Scan(&all).Error
	return all, err
}

func currentKeys(tx postgres.Tx) (rows []keyRow, err error) {
	err = tx.Gorm().Raw(`SELECT ` + keyColumns + ` WHERE k.retired_at IS NULL`).Scan(&rows).Error
	return rows, err
}

// liveKeys lists the unit's keys that are not destroyed, the current one first.
func liveKeys(tx postgres.Tx, unit uuid.UUID) (rows []keyRow, err error) {
	err = tx.Gorm().Raw(`SELECT `+keyColumns+` WHERE k.unit_id = ? AND k.destroyed_at IS NULL ORDER BY k.retired_at IS NOT NULL, k.sequence DESC`, unit).Scan(&rows).Error
	return rows, err
}

func findKey(tx postgres.Tx, unit uuid.UUID, key string) (r keyRow, found bool, err error) {
	res := tx.Gorm().Raw(`SELECT `+keyColumns+` WHERE k.unit_id = ? AND k.id = ?`, unit, key).Scan(&r)
	return r, res.RowsAffected == 1, res.Error
}

func insertKey(tx postgres.Tx, r keyRow, by *uuid.UUID) error {
	return tx.Gorm().Exec(`INSERT INTO desk_keys (id, unit_id, sequence, public, pin, made_at, made_by) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.UnitID, r.Sequence, r.Public, r.Pin, r.MadeAt, by).Error
}

func retireKey(tx postgres.Tx, key string, why Reason, at time.Time) error {
	res := tx.Gorm().Exec(`UPDATE desk_keys SET retired_at = ?, reason = ? WHERE id = ? AND retired_at IS NULL`, at, why, key)
	return one(res.RowsAffected, res.Error)
}

// destroyRetired takes away every wrap and share of the unit's retired keys.
func destroyRetired(tx postgres.Tx, unit uuid.UUID, at time.Time) (keys int64, err error) {
	const retired = `(SELECT id FROM desk_keys WHERE unit_id = @unit AND retired_at IS NOT NULL)`
	args := map[string]any{"unit": unit, "at": at}
	for _, statement := range []string{
		`DELETE FROM desk_key_wraps WHERE unit_id = @unit AND key_id IN ` + retired,
		`DELETE FROM desk_shares WHERE unit_id = @unit AND key_id IN ` + retired,
		`DELETE FROM desk_contributions WHERE unit_id = @unit AND key_id IN ` + retired,
	} {
		if err := tx.Gorm().Exec(statement, args).Error; err != nil {
			return 0, err
		}
	}
	res := tx.Gorm().Exec(`UPDATE desk_keys SET destroyed_at = @at WHERE unit_id = @unit AND retired_at IS NOT NULL AND destroyed_at IS NULL`, args)
	return res.RowsAffected, res.Error
}

type wrapRow struct {
	KeyID     string
	UnitID    uuid.UUID
	PersonID  uuid.UUID
	MemberKey string
	Wrapped   []byte
	MadeAt    time.Time
}

func insertWrap(tx postgres.Tx, r wrapRow, by *uuid.UUID) error {
	return tx.Gorm().Exec(`INSERT INTO desk_key_wraps (key_id, unit_id, person_id, member_key, wrapped, made_at, made_by) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, r.KeyID, r.UnitID, r.PersonID, r.MemberKey, r.Wrapped, r.MadeAt, by).Error
}

// wrapsOf lists who holds the unit's keys, without what they hold.
func wrapsOf(tx postgres.Tx, unit uuid.UUID) (rows []wrapRow, err error) {
	err = tx.Gorm().Raw(`SELECT key_id, unit_id, person_id, member_key, made_at FROM desk_key_wraps WHERE unit_id = ?`, unit).Scan(&rows).Error
	return rows, err
}

// heldBy lists what is wrapped to one member's key.
func heldBy(tx postgres.Tx, unit uuid.UUID, memberKey string) (rows []wrapRow, err error) {
	err = tx.Gorm().Raw(`SELECT key_id, wrapped FROM desk_key_wraps WHERE unit_id = ? AND member_key = ?`, unit, memberKey).Scan(&rows).Error
	return rows, err
}

func dropWraps(tx postgres.Tx, unit, person uuid.UUID, butFor string) error {
	return tx.Gorm().Exec(`DELETE FROM desk_key_wraps WHERE unit_id = ? AND person_id = ? AND member_key <> ?`, unit, person, butFor).Error
}

// hadAnotherKey reports whether the person's own key is not their first.
func hadAnotherKey(tx postgres.Tx, person uuid.UUID) (had bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM member_keys WHERE person_id = ? AND retired_at IS NOT NULL)`, person).Scan(&had).Error
	return had, err
}

func one(rows int64, err error) error {
	if err == nil && rows != 1 {
		return fmt.Errorf("%d rows, want one", rows)
	}
	return err
}

func personName(tx postgres.Tx, person uuid.UUID) (name string, err error) {
	err = tx.Gorm().Raw(`SELECT name FROM people WHERE id = ?`, person).Scan(&name).Error
	return name, err
}
