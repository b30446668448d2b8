package identity

import (
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

const unitRecordColumns = `SELECT u.id, u.code, u.kind, u.parent_id, u.agency_id, coalesce(u.province, '') AS province,
	coalesce(array_to_string(u.countries, ' '), '') AS countries, u.pin FROM units u `

func unitRecords(tx postgres.Tx, kinds []UnitKind) (all []UnitRecord, err error) {
	if len(kinds) == 0 {
		err = tx.Gorm().Raw(unitRecordColumns + `ORDER BY u.code`).Scan(&all).Error
		return all, err
	}
	err = tx.Gorm().Raw(unitRecordColumns+`WHERE u.kind IN ? ORDER BY u.code`, kinds).Scan(&all).Error
	return all, err
}

func unitRecord(tx postgres.Tx, key uuid.UUID) (u UnitRecord, found bool, err error) {
	res := tx.Gorm().Raw(unitRecordColumns+`WHERE u.id = ?`, key).Scan(&u)
	return u, res.RowsAffected == 1, res.Error
}

func pinUnit(tx postgres.Tx, u UnitRecord) error {
	return tx.Gorm().Exec(`UPDATE units SET pin = ? WHERE id = ?`, u.Pin, u.ID).Error
}
