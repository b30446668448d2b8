package complaint_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// The accused can lodge a complaint about themselves and come back with its
// receipt: it must not tell that they are not the first.
func TestAReceiptDoesNotTellWhetherOthersComplained(t *testing.T) {
	o := open(t)
	filed, receipt := o.file(t, told())
	shown := func() complaint.Status {
		token, session := o.handIn(t, receipt)
		mine, err := o.service.Mine(t.Context(), session.Actor, token, session.SealedKey)
		if err != nil {
			t.Fatal(err)
		}
		return mine.Status
	}
	move := func(fn func(postgres.Tx) error) {
		if err := o.db.InTx(t.Context(), identity.System("screening"), fn); err != nil {
			t.Fatal(err)
		}
	}
	move(func(tx postgres.Tx) error { return complaint.MarkScreened(tx, filed.ID) })
	alone := shown()
	move(func(tx postgres.Tx) error { return complaint.MarkWithInvestigators(tx, []uuid.UUID{filed.ID}) })
	if among := shown(); alone != among || alone == complaint.Received {
		t.Errorf("alone it is %s, among others %s", alone, among)
	}
}
