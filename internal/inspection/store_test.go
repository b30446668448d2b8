package inspection_test

import (
	"errors"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// raw runs a statement as the actor, past the use cases. No row at all is an
// error, too.
func (w *world) raw(by identity.Actor, query string, args ...any) error {
	return w.db.InTx(w.t.Context(), by, func(tx postgres.Tx) error {
		res := tx.Gorm().Exec(query, args...)
		if res.Error == nil && res.RowsAffected == 0 {
			return errNothing
		}
		return res.Error
	})
}

// count is how many rows of the table the actor sees.
func (w *world) count(by identity.Actor, table string) (n int) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context(), by, func(tx postgres.Tx) error {
		return tx.Gorm().Raw(`SELECT count(*) FROM ` + table).Scan(&n).Error
	}))
	return n
}

var errNothing = errors.New("no row")
