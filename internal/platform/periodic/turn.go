package periodic

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Turn reports whether the caller shall do the named work now, and how long to
// wait before asking again. Time is cut into slots of the length every, counted
// from the epoch; in each slot one caller is told yes.
func Turn(ctx context.Context, db *postgres.DB, by postgres.Actor, name string, every time.Duration) (mine bool, wait time.Duration, err error) {
	err = db.InTx(ctx, by, func(tx postgres.Tx) error {
		mine, wait, err = claim(tx, name, every)
		return err
	})
	if err != nil {
		return false, every, fmt.Errorf("take the turn of %s: %w", name, err)
	}
	return mine, wait, nil
}
