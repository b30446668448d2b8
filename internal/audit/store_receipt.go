package audit

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// findFiled returns the entry that says that the complaint of an open receipt
// was filed, with its place; nil while it has none. The database asks for the
// session's proof.
func findFiled(tx postgres.Tx, proof []byte) (*record, int64, error) {
	var row struct {
		Place      *int64
		ID         uuid.UUID
		At         time.Time
		ActorKind  string
		ActorID    *uuid.UUID
		UnitID     *uuid.UUID
		Process    string
		Action     string
		ObjectKind string
		ObjectID   *uuid.UUID
		Salt       []byte
	}
	res := tx.Gorm().Raw(`SELECT * FROM receipt_leaf(token => ?)`, proof).Scan(&row)
	if res.Error != nil || res.RowsAffected == 0 || row.Place == nil {
		return nil, 0, res.Error
	}
	return &record{row.ID, row.At, row.ActorKind, row.ActorID, row.UnitID, row.Process, row.Action, row.ObjectKind, row.ObjectID, row.Salt}, *row.Place, nil
}

func findReceiptTile(tx postgres.Tx, proof []byte, id tileID) ([]byte, error) {
	var row struct{ Hashes []byte }
	err := tx.Gorm().Raw(`SELECT receipt_tile(token => ?, tile_level => ?, tile_n => ?) AS hashes`, proof, id.Level, id.N).Scan(&row).Error
	return row.Hashes, err
}
