package desk_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
)

func TestALostPassphraseIsReadmittedByAColleague(t *testing.T) {
	c := found(t)
	keeper := c.holder(t, "police")
	forgot := c.hire(t, "forgot@police.example", "police", identity.RoleDutyOfficer)
	if err := c.desks.Admit(t.Context(), keeper, forgot.PersonID); err != nil {
		t.Fatal(err)
	}
	filed := c.file(t, "police")
	if !c.reads(t, forgot, filed) {
		t.Fatal("not admitted")
	}
	again := c.forget(t, "forgot@police.example", forgot.PersonID)
	if c.reads(t, again, filed) {
		t.Fatal("a new passphrase opens what an old key was admitted to")
	}
	if _, err := c.desks.Unlock(t.Context(), again, c.state(t, keeper).KeyID); fault.KindOf(err) != fault.Conflict || errCode(err) != desk.NotAdmitted {
		t.Errorf("%v", err)
	}
	if err := c.desks.Admit(t.Context(), keeper, forgot.PersonID); fault.KindOf(err) != fault.Conflict {
		t.Errorf("readmission without a decision: %v", err)
	}
	if err := c.desks.AskReadmission(t.Context(), again, c.decisions); err != nil {
		t.Fatal(err)
	}
	if err := c.decide(t, again, desk.Readmit); fault.KindOf(err) != fault.Conflict {
		t.Errorf("by oneself: %v", err)
	}
	outsider := c.hire(t, "new@police.example", "police", identity.RoleInvestigator)
	if err := c.decide(t, outsider, desk.Readmit); fault.KindOf(err) != fault.Conflict {
		t.Errorf("by somebody who holds no key: %v", err)
	}
	if err := c.decide(t, keeper, desk.Readmit); err != nil {
		t.Fatal(err)
	}
	if !c.reads(t, again, filed) || c.reads(t, forgot, filed) {
		t.Error("the new key does not read, or the old one still does")
	}
	if n := c.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'desk.admit'`); n != 2 {
		t.Errorf("%d admissions on record", n)
	}
}

func errCode(err error) string {
	f, is := faultOf(err)
	if !is {
		return ""
	}
	return f.Code
}

func TestAnyTwoHoldersRestoreALostDesk(t *testing.T) {
	for _, pair := range [][2]string{{"oversight", "police"}, {"oversight", "support"}, {"police", "support"}} {
		t.Run(pair[0]+" and "+pair[1], func(t *testing.T) {
			c := found(t)
			alone := c.holder(t, "ministry")
			filed := []told{c.file(t, "ministry"), c.file(t, "ministry", "police")}
			lost := c.state(t, alone).KeyID
			if _, err := c.desks.AskRecovery(t.Context(), alone, c.decisions); fault.KindOf(err) != fault.Conflict {
				t.Fatalf("of a desk that is not lost: %v", err)
			}
			again := c.forget(t, "keyholder@ministry.example", alone.PersonID)
			if st := c.state(t, again); !st.Lost || st.Admitted {
				t.Fatalf("%+v", st)
			}
			if asked, err := c.desks.AskRecovery(t.Context(), again, c.decisions); err != nil || asked != 3 {
				t.Fatalf("%d asked, %v", asked, err)
			}
			if err := c.decide(t, c.holder(t, pair[0]), desk.Recover); err != nil {
				t.Fatal(err)
			}
			if err := c.desks.Restore(t.Context(), again); fault.KindOf(err) != fault.Conflict {
				t.Errorf("with one share: %v", err)
			}
			if err := c.decide(t, c.holder(t, pair[1]), desk.Recover); err != nil {
				t.Fatal(err)
			}
			if st := c.state(t, again); st.Contributed != 2 {
				t.Errorf("%d contributed", st.Contributed)
			}
			if err := c.desks.Restore(t.Context(), again); err != nil {
				t.Fatal(err)
			}
			if st := c.state(t, again); st.KeyID == lost || !st.Admitted || st.Lost || st.Work[0].Kind != "recover" {
				t.Errorf("after it: %+v", st)
			}
			c.goOn(t, again)
			for _, f := range filed {
				if !c.reads(t, again, f) {
					t.Error("a complaint of before does not open")
				}
			}
			if n := c.count(t, `SELECT (SELECT count(*) FROM desk_contributions) + (SELECT count(*) FROM desk_shares WHERE key_id = $1)`, lost); n != 0 {
				t.Errorf("%d parts of the lost key are left", n)
			}
		})
	}
}

func TestAHoldersOwnDeskIsRestoredByTheOtherTwo(t *testing.T) {
	c := found(t)
	alone := c.holder(t, "police")
	filed := c.file(t, "police")
	again := c.forget(t, "keyholder@police.example", alone.PersonID)
	if asked, err := c.desks.AskRecovery(t.Context(), again, c.decisions); err != nil || asked != 2 {
		t.Fatalf("%d asked, %v", asked, err)
	}
	for _, unit := range []string{"oversight", "support"} {
		if err := c.decide(t, c.holder(t, unit), desk.Recover); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.desks.Restore(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	c.goOn(t, again)
	if !c.reads(t, again, filed) {
		t.Error("a complaint of before does not open")
	}
	// What it holds of others goes on to be of use.
	ministry := c.holder(t, "ministry")
	if done, err := c.desks.Rehearse(t.Context(), "ministry", again, c.holder(t, "support")); err != nil || done.RealShares != 2 {
		t.Errorf("%+v, %v", done, err)
	}
	if st := c.state(t, ministry); st.Missing != 0 {
		t.Errorf("%d shares missing", st.Missing)
	}
}

func TestARehearsalTouchesNothing(t *testing.T) {
	c := found(t)
	before := c.count(t, `SELECT count(*) FROM desk_keys`)
	oversight, support := c.holder(t, "oversight"), c.holder(t, "support")
	done, err := c.desks.Rehearse(t.Context(), "ministry", oversight, support)
	if err != nil || done.RealShares != 2 {
		t.Fatalf("%+v, %v", done, err)
	}
	for name, second := range map[string]identity.Holder{"the same": oversight, "no holder": c.holder(t, "ministry")} {
		if _, err := c.desks.Rehearse(t.Context(), "ministry", oversight, second); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := c.count(t, `SELECT count(*) FROM desk_keys`); n != before {
		t.Error("a key was made")
	}
}

func TestSharesFollowTheirHoldersNewKey(t *testing.T) {
	c := found(t)
	police := c.holder(t, "police")
	if err := c.desks.Rotate(t.Context(), police, desk.Asked); err != nil {
		t.Fatal(err)
	}
	c.goOn(t, police)
	if n := c.count(t, `SELECT count(*) FROM desk_shares s JOIN desk_keys k ON k.id = s.holder_key WHERE k.retired_at IS NOT NULL`); n != 0 {
		t.Errorf("%d shares under a key that is gone", n)
	}
	if done, err := c.desks.Rehearse(t.Context(), "ministry", police, c.holder(t, "oversight")); err != nil || done.RealShares != 2 {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestADeskIsHandedOverWhenTheOtherUnitAgrees(t *testing.T) {
	c := found(t)
	ministry, support := c.holder(t, "ministry"), c.holder(t, "support")
	filed := []told{c.file(t, "ministry"), c.file(t, "ministry", "support"), c.file(t, "ministry")}
	c.exec(t, `INSERT INTO complaint_exclusions (complaint_id, unit_id, why) VALUES ($1, $2, 'accused')`, filed[2].id, c.units["support"])
	if err := c.desks.AskHandOver(t.Context(), ministry, c.units["support"], c.decisions); err != nil {
		t.Fatal(err)
	}
	if more, err := c.desks.Continue(t.Context(), ministry, 0); err != nil || more || c.count(t, `SELECT count(*) FROM complaint_envelopes WHERE recipient = 'support'`) != 1 {
		t.Fatalf("before the other unit agreed: %t, %v", more, err)
	}
	if err := c.decide(t, support, desk.HandOver); err != nil {
		t.Fatal(err)
	}
	if st := c.state(t, ministry); len(st.Work) != 1 || st.Work[0].Kind != "handover" || st.Work[0].Total != 3 {
		t.Errorf("%+v", st.Work)
	}
	c.goOn(t, ministry)
	if !c.reads(t, support, filed[0]) || !c.reads(t, support, filed[1]) || !c.reads(t, ministry, filed[0]) {
		t.Error("what was handed over does not open")
	}
	if n := c.count(t, `SELECT count(*) FROM complaint_envelopes WHERE recipient = 'support' AND complaint_id = $1`, filed[2].id); n != 0 {
		t.Error("an excluded unit received the complaint")
	}
	if n := c.count(t, `SELECT count(*) FROM desk_work WHERE kind = 'handover' AND finished_at IS NOT NULL`); n != 1 {
		t.Error("the work does not end")
	}
	if n := c.count(t, `SELECT count(*) FROM desk_handed WHERE (fate = 'excluded') = (complaint_id = $1)`, filed[2].id); n != 3 {
		t.Errorf("the fate of %d of 3 is on record", n)
	}
	if _, err := c.super.Exec(`INSERT INTO desk_work (id, unit_id, kind, to_unit_id, decision_id, asked_at, asked_by)
		SELECT gen_random_uuid(), unit_id, kind, to_unit_id, decision_id, asked_at, asked_by FROM desk_work WHERE kind = 'handover'`); err == nil {
		t.Error("an old decision carries a second hand-over")
	}
}
