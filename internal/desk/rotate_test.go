package desk_test

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

func TestAMemberWhoLeftOpensNothingFiledAfterAndNothingAtAllAfterTheWork(t *testing.T) {
	c := found(t)
	stays := c.holder(t, "police")
	leaver := c.hire(t, "leaver@police.example", "police", identity.RoleInvestigator)
	if err := c.desks.Admit(t.Context(), stays, leaver.PersonID); err != nil {
		t.Fatal(err)
	}
	before := []told{c.file(t, "police", "ministry"), c.file(t, "police"), c.file(t, "police")}
	kept := c.dump(t, "police")
	if got := kept.opens(leaver.Member, "police"); len(got) != 3 {
		t.Fatalf("a member opens %d of 3", len(got))
	}
	c.exec(t, `UPDATE people SET deactivated_at = now() WHERE id = $1`, leaver.PersonID)
	// It is seen without anybody having said so.
	if waits, err := c.desks.Waits(t.Context(), stays.Actor); err != nil || !waits {
		t.Errorf("nothing waits: %v", err)
	}
	all, err := c.desks.List(t.Context(), identity.Setup("keys"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		if (o.Due == desk.Leave) != (o.Unit == "police") {
			t.Errorf("%s is due: %q", o.Unit, o.Due)
		}
	}
	// The next member's session: a new key at once.
	if err := c.desks.Tend(t.Context(), stays); err != nil {
		t.Fatal(err)
	}
	after := c.file(t, "police")
	between := c.dump(t, "police")
	if got := between.opens(leaver.Member, "police", kept); got[after.id] || len(got) != 3 {
		t.Errorf("between, the leaver opens %d, and what came after: %t", len(got), got[after.id])
	}
	st := c.state(t, stays)
	if len(st.Work) != 1 || st.Work[0].Kind != "leave" || st.Work[0].Total != 3 || !st.Waits() {
		t.Errorf("waiting: %+v", st.Work)
	}
	for _, filed := range append(before, after) {
		if !c.reads(t, stays, filed) {
			t.Error("a complaint cannot be read while its envelope waits")
		}
	}
	c.goOn(t, stays)
	last := c.dump(t, "police")
	if got := last.opens(leaver.Member, "police", kept, between); len(got) != 0 {
		t.Errorf("after the work the leaver's old key and a dump of after open %d", len(got))
	}
	for _, filed := range append(before, after) {
		if !c.reads(t, stays, filed) {
			t.Error("a complaint was lost on the way")
		}
	}
	if n := c.count(t, `SELECT count(*) FROM desk_key_wraps w JOIN desk_keys k ON k.id = w.key_id WHERE k.retired_at IS NOT NULL`); n != 0 {
		t.Errorf("%d wraps of the old key are left", n)
	}
	if st := c.state(t, stays); st.Waits() || len(st.Shares) != 2 {
		t.Errorf("after the work: %+v", st)
	}
	if !c.reads(t, c.holder(t, "ministry"), before[0]) {
		t.Error("another desk's envelope was touched")
	}
}

func TestAKeyIsReplacedAfterAYearByTheNextWhoSignsIn(t *testing.T) {
	c := found(t)
	by := c.holder(t, "ministry")
	old := c.state(t, by).KeyID
	if err := c.desks.Tend(t.Context(), by); err != nil || c.state(t, by).KeyID != old {
		t.Fatalf("too early: %v", err)
	}
	c.clock.Advance(desk.Lifetime)
	if st := c.state(t, by); st.Due != desk.Yearly {
		t.Errorf("due: %q", st.Due)
	}
	if err := c.desks.Tend(t.Context(), by); err != nil {
		t.Fatal(err)
	}
	st := c.state(t, by)
	if st.KeyID == old || st.KeyID[:2] != "2-" || !st.Admitted {
		t.Errorf("%+v", st)
	}
}

// Each step is done by a process that dies after it: what a batch moved stays
// moved, and another process goes on.
func TestWorkThatIsInterruptedGoesOnWhereItStopped(t *testing.T) {
	c := found(t)
	by := c.holder(t, "police")
	var all []told
	for range 120 {
		all = append(all, c.file(t, "police"))
	}
	if err := c.desks.Rotate(t.Context(), by, desk.Asked); err != nil {
		t.Fatal(err)
	}
	// No time at all: one batch, and more is left.
	c.clock.Advance(time.Second)
	more, err := c.desks.Continue(t.Context(), by, -time.Second)
	if err != nil || !more {
		t.Fatalf("more %t, %v", more, err)
	}
	if st := c.state(t, by); st.Work[0].Done != 100 || st.Work[0].Total != 120 {
		t.Errorf("%+v", st.Work)
	}
	// A batch that fails at its end keeps nothing of itself.
	c.exec(t, `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the power fails'; END $$`)
	c.exec(t, `CREATE TRIGGER die BEFORE UPDATE OF done ON desk_work FOR EACH ROW EXECUTE FUNCTION die()`)
	if _, err := c.desks.Continue(t.Context(), by, time.Minute); err == nil {
		t.Error("no error from a batch that failed")
	}
	if n := c.count(t, `SELECT count(*) FROM complaint_envelopes e JOIN desk_keys k ON k.id = e.key_id WHERE k.retired_at IS NULL`); n != 100 {
		t.Errorf("%d envelopes under the new key", n)
	}
	c.exec(t, `DROP TRIGGER die ON desk_work`)
	other := c.db.DeskService(c.clock)
	if more, err := other.Continue(t.Context(), by, time.Minute); err != nil || more {
		t.Fatalf("more %t, %v", more, err)
	}
	for _, filed := range all {
		if !c.reads(t, by, filed) {
			t.Fatal("a complaint was lost on the way")
		}
	}
	if st := c.state(t, by); st.Waits() {
		t.Errorf("left: %+v", st.Work)
	}
}

func TestNothingIsAddressedToAKeyThatWasReplaced(t *testing.T) {
	c := found(t)
	by := c.holder(t, "police")
	old, err := c.desks.Public(t.Context(), "police")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := c.db.DeskService(c.clock)
	if _, err := elsewhere.Public(t.Context(), "police"); err != nil {
		t.Fatal(err)
	}
	if err := c.desks.Rotate(t.Context(), by, desk.Asked); err != nil {
		t.Fatal(err)
	}
	if to, err := elsewhere.Public(t.Context(), "police"); err != nil || to.KeyID != old.KeyID {
		t.Fatalf("another process looked again before its time: %v", err)
	}
	filed := c.file(t, "police")
	_, err = c.super.ExecContext(t.Context(), `INSERT INTO complaint_envelopes (complaint_id, recipient, key_id, items, envelope) VALUES ($1, 'police', $2, '{}', '')`, c.file(t).id, old.KeyID)
	if !postgres.Violates(err, "envelope_key_is_current") {
		t.Errorf("an envelope to the old key: %v", err)
	}
	elsewhere.Refresh()
	if to, err := elsewhere.Public(t.Context(), "police"); err != nil || to.KeyID == old.KeyID || !c.reads(t, by, filed) {
		t.Errorf("after looking again: %v", err)
	}
}

func TestAnEnvelopeThatDoesNotOpenKeepsTheOldKeyUntilSomebodySaysSo(t *testing.T) {
	c := found(t)
	by := c.holder(t, "police")
	spoiled := c.file(t, "police")
	c.file(t, "police")
	c.exec(t, `UPDATE complaint_envelopes SET envelope = set_byte(envelope, 900, get_byte(envelope, 900) # 1) WHERE complaint_id = $1`, spoiled.id)
	if err := c.desks.Rotate(t.Context(), by, desk.Asked); err != nil {
		t.Fatal(err)
	}
	if err := c.desks.Forget(t.Context(), by); err != nil {
		t.Fatal(err)
	}
	if st := c.state(t, by); len(st.Work) != 1 {
		t.Fatal("the old key was destroyed before anybody tried")
	}
	c.goOn(t, by)
	st := c.state(t, by)
	if len(st.Work) != 1 || st.Work[0].Skipped != 1 || st.Work[0].Done != 1 {
		t.Fatalf("%+v", st.Work)
	}
	if err := c.desks.Forget(t.Context(), by); err != nil {
		t.Fatal(err)
	}
	if st := c.state(t, by); st.Waits() || c.count(t, `SELECT count(*) FROM desk_keys WHERE destroyed_at IS NOT NULL`) != 1 {
		t.Errorf("%+v", st.Work)
	}
}

func TestOnlyWhoIsAdmittedTendsADesk(t *testing.T) {
	c := found(t)
	newcomer := c.hire(t, "new@police.example", "police", identity.RoleInvestigator)
	licences := c.hire(t, "licences@ministry.example", "ministry", identity.RoleLicensingOfficer)
	if err := c.desks.Tend(t.Context(), newcomer); err != nil {
		t.Errorf("nothing to do is no error: %v", err)
	}
	for name, err := range map[string]error{
		"rotate":        c.desks.Rotate(t.Context(), newcomer, desk.Asked),
		"admit oneself": c.desks.Admit(t.Context(), newcomer, newcomer.PersonID),
	} {
		if f := fault.KindOf(err); f != fault.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.desks.State(t.Context(), licences); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a licensing officer looks at the desk: %v", err)
	}
	if n := c.count(t, `SELECT count(*) FROM desk_key_wraps WHERE person_id = $1`, licences.PersonID); n != 0 {
		t.Error("a licensing officer holds the desk's key")
	}
	by := c.holder(t, "ministry")
	if err := c.desks.Admit(t.Context(), by, licences.PersonID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a licensing officer is admitted: %v", err)
	}
	if err := c.desks.Admit(t.Context(), by, newcomer.PersonID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody of another unit is admitted: %v", err)
	}
	if _, err := c.desks.Create(t.Context(), by.Actor, "police"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a key for another unit: %v", err)
	}
}

func TestADeskWithoutMembersGetsNoKey(t *testing.T) {
	c := found(t)
	c.exec(t, `INSERT INTO units (id, code, kind, name) VALUES (gen_random_uuid(), 'border', 'border', '{"en":"Border"}')`)
	if _, err := c.desks.Create(t.Context(), identity.Setup("keys"), "border"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("%v", err)
	}
	if _, err := c.desks.Public(t.Context(), "border"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
	if made, err := c.desks.Create(t.Context(), identity.Setup("keys"), "police"); err != nil || len(made) != 0 {
		t.Errorf("a second first key: %v, %v", made, err)
	}
}
