package retention

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// ErrOtherStore says that the record was written with another store of shred
// keys. Going on would open nothing, and might destroy what is not ours.
var ErrOtherStore = errors.New("the store of shred keys (PORTAL_SHRED) is not the one that this record was written with: bring back the right folder, or its mirror; a new store opens nothing of what is there")

// Bind holds the record to the one store of shred keys that it was written with.
// The first store that a record meets is that one.
func Bind(ctx context.Context, db *postgres.DB, store [16]byte) error {
	bound, err := storeOf(ctx, db)
	if err == nil && bound == nil {
		err = db.InTx(ctx, identity.Setup("shred"), func(tx postgres.Tx) error { return bindStore(tx, store[:]) })
		if err == nil {
			bound, err = storeOf(ctx, db)
		}
	}
	if err != nil {
		return fmt.Errorf("find the record's store of shred keys: %w", err)
	}
	if !bytes.Equal(bound, store[:]) {
		return ErrOtherStore
	}
	return nil
}

func storeOf(ctx context.Context, db *postgres.DB) (id []byte, err error) {
	err = db.Read(ctx, identity.Public(), func(tx postgres.Tx) error {
		id, err = boundStore(tx)
		return err
	})
	return id, err
}
