package retention_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/google/uuid"
)

func (w *world) askLift(by identity.Actor, hold uuid.UUID) uuid.UUID {
	w.t.Helper()
	key, err := w.retention.AskLift(w.t.Context(), by, hold, w.units["support"], w.decisions)
	if err != nil {
		w.t.Fatal(err)
	}
	return key
}

func (w *world) approve(by identity.Holder, key uuid.UUID) {
	w.t.Helper()
	by.FreshUntil = w.clock.Now().Add(time.Minute) // they signed in a moment ago
	if err := w.decisions.Approve(w.t.Context(), by.Actor, by.Member, key); err != nil {
		w.t.Fatal(err)
	}
}

// hold places one on the complaint.
func (w *world) hold(by identity.Actor, told uuid.UUID) uuid.UUID {
	w.t.Helper()
	key, err := w.retention.Place(w.t.Context(), by, retention.Held{Complaint: told}, "appeal")
	if err != nil {
		w.t.Fatal(err)
	}
	return key
}

func (w *world) wantHeld(n int) {
	w.t.Helper()
	if got := w.count(`SELECT count(*) FROM holds WHERE lifted_at IS NULL`); got != n {
		w.t.Errorf("%d holds, want %d", got, n)
	}
}

func TestNobodyLiftsAHoldAlone(t *testing.T) {
	w := newWorld(t)
	by, colleague, second := w.holder("oversight", identity.RoleOverseer), w.holder("oversight", identity.RoleOverseer), w.holder("support", identity.RoleSupportWorker)
	police, other := w.holder("police", identity.RoleCommander), w.holder("support", identity.RoleInspector)
	hold, house := w.hold(by.Actor, id.New()), id.New()
	for name, c := range map[string]struct {
		by   identity.Actor
		hold uuid.UUID
		to   string
	}{
		"one's own unit":        {by.Actor, hold, "oversight"},
		"a unit of the accused": {by.Actor, hold, "police"},
		"no such hold":          {by.Actor, id.New(), "support"},
		"by somebody else":      {police.Actor, hold, "support"},
		"by the second":         {second.Actor, hold, "support"},
	} {
		if _, err := w.retention.AskLift(t.Context(), c.by, c.hold, w.units[c.to], w.decisions); err == nil {
			t.Errorf("%s: proposed", name)
		}
	}
	key := w.askLift(by.Actor, hold)
	if _, err := w.retention.AskLift(t.Context(), colleague.Actor, hold, w.units["support"], w.decisions); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second proposal: %v", err)
	}
	w.exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'house', 'support', '{"en":"Unit"}')`, house)
	if _, err := w.retention.AskLift(t.Context(), colleague.Actor, hold, house, w.decisions); fault.CodeOf(err) != "retention.error.waits" {
		t.Errorf("a second proposal to another unit: %v", err)
	}
	for name, who := range map[string]identity.Holder{"the proposer": by, "a colleague": colleague, "another unit": police, "another role": other} {
		if err := w.decisions.Approve(t.Context(), who.Actor, who.Member, key); err == nil {
			t.Errorf("%s: approved", name)
		}
	}
	w.wantHeld(1)
	w.exec(`UPDATE people SET deactivated_at = now() WHERE id = $1`, by.PersonID)
	if err := w.decisions.Approve(t.Context(), second.Actor, second.Member, key); fault.CodeOf(err) != "decision.proposer_gone" {
		t.Errorf("after the proposer left: %v", err)
	}
	w.exec(`SET LOCAL session_replication_role = replica; UPDATE people SET deactivated_at = NULL, closings = 0 WHERE id = '` + by.PersonID.String() + `'`)
	w.wantHeld(1)
	w.approve(second, key)
	w.wantHeld(0)
	if err := w.decisions.Approve(t.Context(), second.Actor, second.Member, key); fault.KindOf(err) != fault.Conflict {
		t.Errorf("twice: %v", err)
	}
	if _, err := w.retention.AskLift(t.Context(), by.Actor, hold, w.units["support"], w.decisions); fault.CodeOf(err) != "retention.error.lifted" {
		t.Errorf("what is lifted: %v", err)
	}
}

func TestTheSecondSeesWhatIsHeldAndNobodyElseDoes(t *testing.T) {
	w := newWorld(t)
	by, second := w.holder("oversight", identity.RoleOverseer), w.holder("support", identity.RoleSupportWorker)
	reader, police := w.holder("oversight", identity.RoleFirstReader), w.holder("police", identity.RoleCommander)
	told := id.New()
	key := w.askLift(by.Actor, w.hold(by.Actor, told))
	w.hold(by.Actor, id.New())
	for name, who := range map[string]identity.Holder{"the proposer": by, "the second": second} {
		p, err := w.decisions.Get(t.Context(), who.Actor, key)
		if err != nil || len(p.Facts) != 4 || p.Facts[0].Text != told.String() || p.Facts[1].Word != "retention.reason.appeal" || p.Facts[3].Text != "Example Person" {
			t.Errorf("%s: %+v, %v", name, p.Facts, err)
		}
	}
	if p, err := w.decisions.Get(t.Context(), reader.Actor, key); err != nil || len(p.Facts) != 1 || p.Facts[0].Word != "retention.fact.not_yours" {
		t.Errorf("a first reader: %+v, %v", p.Facts, err)
	}
	if _, err := w.decisions.Get(t.Context(), police.Actor, key); fault.KindOf(err) != fault.NotFound {
		t.Errorf("police: %v", err)
	}
	for name, c := range map[string]struct {
		who  identity.Actor
		want int
	}{"the second": {second.Actor, 1}, "police": {police.Actor, 0}, "a reader": {reader.Actor, 0}} {
		n := 0
		err := w.db.Read(t.Context(), c.who, func(tx postgres.Tx) error {
			return tx.Gorm().Raw(`SELECT count(*) FROM holds`).Scan(&n).Error
		})
		if err != nil || n != c.want {
			t.Errorf("%s sees %d holds, want %d: %v", name, n, c.want, err)
		}
	}
}

func TestNobodyLiftsAHoldBySQL(t *testing.T) {
	w := newWorld(t)
	by, second := w.holder("oversight", identity.RoleOverseer), w.holder("support", identity.RoleSupportWorker)
	hold := w.hold(by.Actor, id.New())
	lift := `SELECT hold_lift(hold => $1, decision => $2, at => now(), pin => 'x')`
	key := w.askLift(by.Actor, hold)
	for _, decided := range []uuid.UUID{key, id.New()} {
		if err := w.asStaff(second.Actor, run(lift, hold, decided)); err != nil {
			t.Errorf("without an approval: %v", err)
		}
	}
	for _, query := range []string{
		`UPDATE holds SET lifted_at = now()`, `DELETE FROM holds`, `UPDATE holds SET reason = 'court'`,
		`UPDATE holds SET lift_pin = 'x'`,
	} {
		if err := w.asStaff(by.Actor, run(query)); err == nil {
			t.Errorf("staff may: %s", query)
		}
	}
	for _, query := range []string{`UPDATE holds SET lifted_at = now()`, `DELETE FROM holds`, `UPDATE holds SET complaint_id = gen_random_uuid()`} {
		if _, err := w.super.Exec(query); err == nil {
			t.Errorf("even a superuser meets the constraint: %s", query)
		}
	}
	// A verdict of before carries nothing.
	forge := run(`UPDATE decisions SET state = 'approved', decided_by = $2, decided_unit = $3, decided_at = now(), key_id = 'x', signature = 'x' WHERE id = $1`,
		key, second.PersonID, second.UnitID)
	if err := w.asStaff(second.Actor, forge); err != nil {
		t.Fatal(err)
	}
	if err := w.asStaff(second.Actor, run(lift, hold, key)); !postgres.Violates(err, "decision_required") {
		t.Errorf("with a verdict of before: %v", err)
	}
	w.wantHeld(1)
}

// Whoever speaks SQL as the application can write a verdict that nobody signed
// and the lifting with it. Neither counts.
func TestALiftingThatIsOnlyWrittenDownKeepsTheHold(t *testing.T) {
	w := newWorld(t)
	w.keep(everyItem(365))
	by, second := w.holder("oversight", identity.RoleOverseer), w.holder("support", identity.RoleSupportWorker)
	written, copied, free := w.file(), w.file(), w.file()
	byHand, byCopy, genuine := w.hold(by.Actor, written.ID), w.hold(by.Actor, copied.ID), w.hold(by.Actor, free.ID)
	w.approve(second, w.askLift(by.Actor, genuine))
	key := id.New()
	err := w.asStaff(by.Actor,
		run(`INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at)
			VALUES ($1, 'hold.lift', $2, $3, '{}', sha256('{}'), true, $4, $5, now())`, key, byHand, second.UnitID, by.PersonID, by.UnitID),
		becoming(second.Actor),
		run(`UPDATE decisions SET state = 'approved', decided_by = $2, decided_unit = $3, decided_at = now(), key_id = 'x', signature = 'x' WHERE id = $1`,
			key, second.PersonID, second.UnitID),
		run(`SELECT hold_lift(hold => $1, decision => $2, at => now(), pin => 'x')`, byHand, key))
	if err != nil {
		t.Fatal(err)
	}
	w.exec(`UPDATE holds SET lifted_at = g.lifted_at, lift_decision = g.lift_decision, lift_pin = g.lift_pin, lift_proposed_by = g.lift_proposed_by,
		lift_proposed_unit = g.lift_proposed_unit, lift_approved_by = g.lift_approved_by, lift_approved_unit = g.lift_approved_unit
		FROM holds g WHERE holds.id = $1 AND g.id = $2`, byCopy, genuine)
	w.wantHeld(0)
	w.years(1)
	w.expire()
	for name, f := range map[string]filed{"by hand": written, "by a copy": copied} {
		if mine, err := w.byReceipt(f); err != nil || len(mine.Contents.Deleted) > 0 {
			t.Errorf("lifted %s, and deleted: %v", name, err)
		}
	}
	if _, err := w.byReceipt(free); err == nil {
		t.Error("what two people let go of was kept")
	}
	o, err := w.retention.Overview(t.Context(), by.Actor)
	if err != nil || o.ForgedLiftings != 2 {
		t.Errorf("%d forged liftings, %v", o.ForgedLiftings, err)
	}
	for _, h := range o.Holds {
		if h.Forged != (h.ID != genuine) || (h.LiftedAt != nil) != (h.ID == genuine) {
			t.Errorf("%+v", h)
		}
	}
	if !strings.Contains(w.log.String(), "no two people lifted") {
		t.Error("the worker is silent")
	}
	if fakes, err := w.decisions.Verify(t.Context(), identity.System("audit")); err != nil || len(fakes) != 1 || fakes[0].ID != key {
		t.Errorf("%v, %v", fakes, err)
	}
}
