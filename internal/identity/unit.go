package identity

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

// SealingUnits lists the codes of the units that may receive sealed items and
// therefore need a key pair: desks of the state and of support agencies, never
// a recruitment agency nor the administration.
func SealingUnits(ctx context.Context, db *postgres.DB) (codes []string, err error) {
	err = db.Read(ctx, System("keys"), func(tx postgres.Tx) error {
		codes, err = sealingUnits(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list units that hold keys: %w", err)
	}
	return codes, nil
}
