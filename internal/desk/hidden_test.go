package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
)

// conflicted hires a first reader of the oversight body who belongs to the police
// as well, and lets them hold the desk's key.
func (c *country) conflicted(t *testing.T, email string) identity.Holder {
	t.Helper()
	reader := c.hire(t, email, "oversight", identity.RoleFirstReader)
	if err := c.desks.Admit(t.Context(), c.holder(t, "oversight"), reader.PersonID); err != nil {
		t.Fatal(err)
	}
	c.exec(t, `INSERT INTO memberships (person_id, unit_id, role) VALUES ($1, $2, 'duty_officer')`, reader.PersonID, c.units["police"])
	return reader
}

// accuses makes it a complaint about the police.
func (c *country) accuses(t *testing.T, filed told) {
	t.Helper()
	c.exec(t, `INSERT INTO complaint_exclusions (complaint_id, unit_id, why) VALUES ($1, $2, 'accused')`, filed.id, c.units["police"])
}

// told is what the desk's page and the navigation say to somebody.
func (c *country) told(t *testing.T, by identity.Holder) string {
	t.Helper()
	st := c.state(t, by)
	waits, err := c.desks.Waits(t.Context(), by.Actor)
	if err != nil {
		t.Fatal(err)
	}
	for i := range st.Work {
		st.Work[i].AskedAt = time.Time{}
	}
	return fmt.Sprintf("%+v due %q missing %d waits %t\n", st.Work, st.Due, st.Missing, waits)
}

// Two desks, one with a complaint that accuses the readers' other unit: they do
// all they can, together, and what they are told is the same.
func TestReadersWithAConflictAreToldOfNothingAndDestroyNothing(t *testing.T) {
	said := map[bool]string{}
	for _, hidden := range []bool{false, true} {
		c := found(t)
		honest := c.holder(t, "oversight")
		one, two := c.conflicted(t, "one@oversight.example"), c.conflicted(t, "two@oversight.example")
		seen, spoiled := c.file(t, "oversight"), c.file(t, "oversight")
		c.exec(t, `UPDATE complaint_envelopes SET envelope = set_byte(envelope, 900, get_byte(envelope, 900) # 1) WHERE complaint_id = $1`, spoiled.id)
		var about told
		if hidden {
			about = c.file(t, "oversight", "support")
			c.accuses(t, about)
		}
		var all strings.Builder
		say := func(what string, err error) {
			fmt.Fprintf(&all, "%s: %v %s", what, errCode(err), c.told(t, one)+c.told(t, two))
			if err != nil && errCode(err) == "" {
				t.Fatal(err)
			}
		}
		say("at first", nil)
		say("rotate", c.desks.Rotate(t.Context(), one, desk.Asked))
		c.goOn(t, one)
		say("go on", nil)
		c.goOn(t, two)
		say("the other goes on", c.desks.AskForget(t.Context(), one, c.decisions))
		say("give up", c.decide(t, two, desk.Forget))
		c.goOn(t, one)
		say("go on", c.desks.AskForget(t.Context(), one, c.decisions))
		say("rotate again", c.desks.Rotate(t.Context(), two, desk.Asked))
		c.goOn(t, two)
		say("at last", nil)
		said[hidden] = all.String()
		if !c.reads(t, one, seen) {
			t.Error("what they may see was lost")
		}
		kept := c.count(t, `SELECT count(*) FROM desk_keys WHERE unit_id = $1 AND retired_at IS NOT NULL AND destroyed_at IS NULL`, c.units["oversight"])
		if !hidden {
			if kept != 0 {
				t.Errorf("%d old keys are kept for nothing", kept)
			}
			continue
		}
		if kept == 0 || !c.reads(t, honest, about) {
			t.Fatal("the key of what they may not see is gone")
		}
		if st := c.state(t, honest); len(st.Work) != 1 || st.Work[0].Left != 1 {
			t.Errorf("who may see it is not told: %+v", st.Work)
		}
		c.goOn(t, honest)
		if st := c.state(t, honest); st.Waits() || !c.reads(t, honest, about) {
			t.Errorf("%+v", st.Work)
		}
		if n := c.count(t, `SELECT count(*) FROM desk_keys WHERE unit_id = $1 AND retired_at IS NOT NULL AND destroyed_at IS NULL`, c.units["oversight"]); n != 0 {
			t.Error("the old key outlives its use")
		}
	}
	if said[false] != said[true] {
		t.Errorf("without it:\n%s\nwith it:\n%s", said[false], said[true])
	}
	if !strings.Contains(said[true], "Left:1 Stuck:true") {
		t.Errorf("nothing of their own is told: %s", said[true])
	}
}

// A hand-over in the session of a reader who does not see everything.
func TestAHandOverWaitsForWhoMaySeeTheRest(t *testing.T) {
	said := map[bool]string{}
	for _, hidden := range []bool{false, true} {
		c := found(t)
		honest, support := c.holder(t, "oversight"), c.holder(t, "support")
		reader := c.conflicted(t, "one@oversight.example")
		seen, about := c.file(t, "oversight"), told{}
		if hidden {
			about = c.file(t, "oversight")
			c.accuses(t, about)
		}
		var all strings.Builder
		for range 2 {
			if err := c.desks.AskHandOver(t.Context(), reader, support.UnitID, c.decisions); err != nil {
				t.Fatal(err)
			}
			if err := c.decide(t, support, desk.HandOver); err != nil {
				t.Fatal(err)
			}
			all.WriteString(c.told(t, reader))
			c.goOn(t, reader)
			all.WriteString(c.told(t, reader))
		}
		said[hidden] = all.String()
		if !c.reads(t, support, seen) {
			t.Error("what they see is not handed over")
		}
		if !hidden {
			continue
		}
		if c.given(t, about, "support") != 0 {
			t.Fatal("somebody handed over what they may not see")
		}
		if n := c.count(t, `SELECT count(*) FROM desk_work WHERE finished_at IS NULL`); n != 2 {
			t.Errorf("%d of 2 wait for another member", n)
		}
		c.goOn(t, honest)
		if n := c.count(t, `SELECT count(*) FROM desk_work WHERE finished_at IS NULL`); n != 0 || !c.reads(t, support, about) {
			t.Error("the rest is not handed over")
		}
	}
	if said[false] != said[true] {
		t.Errorf("without it:\n%s\nwith it:\n%s", said[false], said[true])
	}
}

func TestAHandOverWaitsForWhoHoldsTheOlderKey(t *testing.T) {
	c := found(t)
	by, support := c.holder(t, "ministry"), c.holder(t, "support")
	old := c.state(t, by).KeyID
	filed := c.file(t, "ministry")
	if err := c.desks.Rotate(t.Context(), by, desk.Asked); err != nil {
		t.Fatal(err)
	}
	newcomer := c.hire(t, "new@ministry.example", "ministry", identity.RoleInspector)
	if err := c.desks.Admit(t.Context(), by, newcomer.PersonID); err != nil {
		t.Fatal(err)
	}
	c.exec(t, `DELETE FROM desk_key_wraps WHERE person_id = $1 AND key_id = $2`, newcomer.PersonID, old)
	if err := c.desks.AskHandOver(t.Context(), by, support.UnitID, c.decisions); err != nil {
		t.Fatal(err)
	}
	if err := c.decide(t, support, desk.HandOver); err != nil {
		t.Fatal(err)
	}
	c.goOn(t, newcomer)
	if st := c.state(t, by); len(st.Work) != 2 || c.given(t, filed, "support") != 0 {
		t.Errorf("left out as if it were nothing: %+v", st.Work)
	}
	// Nobody gives up what a colleague opens.
	if err := c.desks.AskForget(t.Context(), by, c.decisions); err != nil {
		t.Fatal(err)
	}
	if err := c.decide(t, newcomer, desk.Forget); err != nil {
		t.Fatal(err)
	}
	c.goOn(t, by)
	if st := c.state(t, by); st.Waits() || !c.reads(t, support, filed) || !c.reads(t, newcomer, filed) {
		t.Errorf("%+v", st.Work)
	}
}

func TestAnEnvelopeThatDoesNotOpenKeepsTheOldKeyUntilTwoPeopleGiveItUp(t *testing.T) {
	c := found(t)
	by := c.holder(t, "police")
	colleague := c.hire(t, "two@police.example", "police", identity.RoleInvestigator)
	if err := c.desks.Admit(t.Context(), by, colleague.PersonID); err != nil {
		t.Fatal(err)
	}
	spoiled, whole := c.file(t, "police"), c.file(t, "police")
	c.exec(t, `UPDATE complaint_envelopes SET envelope = set_byte(envelope, 900, get_byte(envelope, 900) # 1) WHERE complaint_id = $1`, spoiled.id)
	if err := c.desks.AskForget(t.Context(), by, c.decisions); errCode(err) != "desk.error.nothing_left" {
		t.Errorf("before anything is old: %v", err)
	}
	if err := c.desks.Rotate(t.Context(), by, desk.Asked); err != nil {
		t.Fatal(err)
	}
	c.goOn(t, by)
	if st := c.state(t, by); len(st.Work) != 1 || !st.Work[0].Stuck || st.Work[0].Left != 1 || st.Work[0].Done != 1 {
		t.Fatalf("%+v", st.Work)
	}
	if err := c.desks.AskForget(t.Context(), by, c.decisions); err != nil {
		t.Fatal(err)
	}
	if err := c.decide(t, by, desk.Forget); errCode(err) != "decision.own" {
		t.Errorf("alone: %v", err)
	}
	err := c.db.As(t, "portal_staff").QueryRow(`INSERT INTO desk_given_up (unit_id, complaint_id, key_id, decision_id) VALUES ($1, $2, 'x', $3)`,
		by.UnitID, whole.id, id.New()).Err()
	if err == nil {
		t.Error("given up without a decision")
	}
	if err := c.decide(t, colleague, desk.Forget); err != nil {
		t.Fatal(err)
	}
	if st := c.state(t, by); st.Waits() || c.count(t, `SELECT count(*) FROM desk_keys WHERE destroyed_at IS NOT NULL`) != 1 {
		t.Errorf("%+v", st.Work)
	}
	if !c.reads(t, by, whole) {
		t.Error("another complaint was lost")
	}
}
