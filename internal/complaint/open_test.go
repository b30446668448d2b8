package complaint_test

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestAReceiptShowsWhatWasSentAndHowItStands(t *testing.T) {
	o := open(t)
	in := told()
	filed, receipt := o.file(t, in)
	token, session := o.handIn(t, receipt)
	mine, err := o.service.Mine(t.Context(), session.Actor, token, session.SealedKey)
	if err != nil {
		t.Fatal(err)
	}
	if mine.Status != complaint.Received || !mine.FiledAt.Equal(filed.FiledAt) {
		t.Errorf("%s at %s", mine.Status, mine.FiledAt)
	}
	c := mine.Contents
	if c.Narrative == nil || *c.Narrative != in.Narrative || c.Reporter.Name != in.ReporterName || c.Worker.Name != in.WorkerName {
		t.Error("the words or the names are not what was sent")
	}
	if diff := cmp.Diff(&in.Contact, c.Contact); diff != "" {
		t.Error(diff)
	}
	if c.Answers.Place != in.Place || c.Answers.BrokerPhone != in.BrokerPhone || *c.Answers.FeeUSD != 900 {
		t.Error("the answers are not what was sent")
	}
	if n := o.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'complaint.read' AND actor_kind = 'receipt' AND object_id = $1`, filed.ID); n != 1 {
		t.Error("the read was not recorded")
	}
	if _, err := o.service.Mine(t.Context(), session.Actor, "another-token-of-26-letters", session.SealedKey); err == nil {
		t.Error("opened with another session's token")
	}
	if _, err := o.service.Mine(t.Context(), identity.Public(), token, session.SealedKey); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("anybody: %v", err)
	}
	o.clock.Advance(16 * time.Minute)
	if _, err := o.sessions.RecogniseReceipt(t.Context(), token); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a session left alone: %v", err)
	}
}

func TestAReceiptThatFindsNothingOpensNothing(t *testing.T) {
	o := open(t)
	_, receipt := o.file(t, told())
	mistyped := []byte(receipt.Code())
	if mistyped[5]++; mistyped[5] == ':' || mistyped[5] > 'Z' {
		mistyped[5] = '0'
	}
	for name, tt := range map[string]struct{ typed, want string }{
		"never given": {complaint.NewReceipt().Grouped(), "complaint.receipt.unknown"},
		"cut":         {receipt.Code()[:20], "complaint.receipt.length"},
	} {
		token, err := o.service.Find(t.Context(), identity.Public(), tt.typed)
		if token != "" || fault.FieldsOf(err)["receipt"] != tt.want {
			t.Errorf("%s: %v", name, fault.FieldsOf(err))
		}
	}
	if token, err := o.service.Find(t.Context(), identity.Public(), string(mistyped)); token != "" || fault.KindOf(err) != fault.Invalid {
		t.Errorf("mistyped: %v", err)
	}
	if n := o.count(t, `SELECT count(*) FROM sessions`); n != 0 {
		t.Error("a session was opened")
	}
}

func TestInvestigatorsOpenWhatWasSealedToThem(t *testing.T) {
	o := open(t)
	in := told()
	in.MayAct = []complaint.MayAct{complaint.Police}
	filed, _ := o.file(t, in)
	investigator := o.holder(t, "police")
	c, err := o.service.OpenFor(t.Context(), investigator, filed.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c.Answers == nil || c.Narrative == nil || c.Reporter == nil || c.Contact == nil {
		t.Error("something is missing")
	}
	if c.Worker != nil {
		t.Error("the worker's name opened without their consent")
	}
	if n := o.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'complaint.opened' AND object_id = $1`, filed.ID); n != 1 {
		t.Error("the read was not recorded")
	}
	in.MayAct = []complaint.MayAct{complaint.LabourDesk}
	filed, _ = o.file(t, in)
	if c, err = o.service.OpenFor(t.Context(), investigator, filed.ID); err != nil || c.Answers == nil {
		t.Fatal(err)
	}
	if c.Narrative != nil || c.Reporter != nil || c.Worker != nil || c.Contact != nil {
		t.Error("more than the answers opened")
	}
}

func TestNobodyElseOpensASealedComplaint(t *testing.T) {
	o := open(t)
	in := told()
	in.MayAct = []complaint.MayAct{complaint.Police}
	sealed, _ := o.file(t, in)
	unsealed, _ := o.file(t, told())
	desk := o.holder(t, "ministry")
	desk.Role = identity.RoleLicensingOfficer
	investigator := o.holder(t, "police")
	forged := investigator
	forged.UnitID = id.New()
	for name, tt := range map[string]struct {
		by        identity.Holder
		complaint uuid.UUID
	}{
		"a licensing officer":            {desk, sealed.ID},
		"anybody":                        {identity.Holder{Actor: identity.Public()}, sealed.ID},
		"a process":                      {identity.Holder{Actor: identity.System("screening")}, sealed.ID},
		"an investigator elsewhere":      {forged, sealed.ID},
		"police where nothing is sealed": {investigator, unsealed.ID},
		"police where nothing is":        {investigator, id.New()},
	} {
		if _, err := o.service.OpenFor(t.Context(), tt.by, tt.complaint); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'complaint.opened'`); n != 0 {
		t.Error("a refused read was recorded as one")
	}
}

func TestCiphertextsThatWereSwappedInTheDatabaseDoNotOpen(t *testing.T) {
	o := open(t)
	in := told()
	in.MayAct = []complaint.MayAct{complaint.Police}
	one, _ := o.file(t, in)
	two, _ := o.file(t, in)
	owner := o.db.Super(t)
	exec(t, owner, `UPDATE complaint_items a SET ciphertext = b.ciphertext FROM complaint_items b
		WHERE a.complaint_id = $1 AND b.complaint_id = $2 AND a.item = 'narrative' AND b.item = 'narrative'`, one.ID, two.ID)
	if _, err := o.service.OpenFor(t.Context(), o.holder(t, "police"), one.ID); err == nil || fault.KindOf(err) != fault.Internal {
		t.Errorf("%v", err)
	}
}

func TestAStatusGoesForwardOnly(t *testing.T) {
	o := open(t)
	one, _ := o.file(t, told())
	two, _ := o.file(t, told())
	do := func(fn func(postgres.Tx) error) {
		t.Helper()
		if err := o.db.InTx(t.Context(), identity.System("screening"), fn); err != nil {
			t.Fatal(err)
		}
	}
	screen := func(tx postgres.Tx) error { return complaint.MarkScreened(tx, one.ID) }
	escalate := func(tx postgres.Tx) error {
		return complaint.MarkWithInvestigators(tx, []uuid.UUID{two.ID, one.ID, two.ID})
	}
	do(screen)
	do(screen)
	do(escalate)
	do(escalate)
	do(screen) // late, and changes nothing
	if n := o.count(t, `SELECT count(*) FROM complaints WHERE status = 'with_investigators'`); n != 2 {
		t.Errorf("%d with investigators", n)
	}
	if n := o.count(t, `SELECT count(*) FROM audit_entries WHERE action IN ('complaint.screened', 'complaint.escalated')`); n != 3 {
		t.Errorf("%d entries for three moves", n)
	}
	if _, err := o.db.Super(t).ExecContext(t.Context(), `UPDATE complaints SET status = 'received'`); err == nil {
		t.Error("the database let a complaint go back")
	}
	err := o.db.InTx(t.Context(), identity.System("screening"), func(tx postgres.Tx) error { return complaint.MarkScreened(tx, id.New()) })
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("an unknown complaint: %v", err)
	}
}

func TestNumbersToCallAreTodaysPolicyOrNone(t *testing.T) {
	o := open(t)
	if numbers, err := o.service.NumbersToCall(t.Context()); err != nil || numbers != nil {
		t.Errorf("unset: %v, %v", numbers, err)
	}
	exec(t, o.db.Super(t), `INSERT INTO policies (key, valid_from, value, source) VALUES
		('danger.numbers', '2020-01-01', '[{"country":"KH","number":"000","name":{"en":"Old"}}]', 'test'),
		('danger.numbers', '2026-01-01', '[{"country":"KH","number":"001","name":{"en":"Now","km":"ឥឡូវ"}}]', 'test'),
		('danger.numbers', '2027-01-01', '[]', 'test')`)
	numbers, err := o.service.NumbersToCall(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []complaint.CallNumber{{Country: "KH", Number: "001", Name: map[string]string{"en": "Now", "km": "ឥឡូវ"}}}
	if diff := cmp.Diff(want, numbers); diff != "" {
		t.Error(diff)
	}
}
