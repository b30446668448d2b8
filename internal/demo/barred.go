package demo

import (
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// bar enters the one who headed the agency that was revoked, from the day after it.
func bar(tx postgres.Tx, w *world) error {
	h := w.byKey()[revoked]
	return insertBarred(tx, h.director, w.date(-16000), w.date(h.sanction+1))
}
