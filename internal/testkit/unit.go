package testkit

import (
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Adopt pins the units that have no pin yet, as an operator's `portal keys
// create` does. Desks does so, too; units that come later need it.
func (d *Database) Adopt(t testing.TB) {
	t.Helper()
	err := d.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
		_, err := People(Clock()).AdoptUnits(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
