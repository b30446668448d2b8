package decision_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
)

const (
	closes    = `UPDATE people SET deactivated_at = now() WHERE id = $1`
	takesRole = `DELETE FROM memberships WHERE person_id = $1`
	forges    = `UPDATE memberships SET pin = '\x00' WHERE person_id = $1`
)

// The session was recognised before, and is not asked again.
func TestWhoeverIsGoneSinceTheSessionWasRecognisedDecidesNothing(t *testing.T) {
	for name, change := range map[string]string{"deactivated": closes, "without the role": takesRole, "with a forged role": forges} {
		o := newOffice(t)
		key := o.propose(t, o.first, kindOne, o.unit)
		o.super(t, change, o.second.PersonID)
		for verb, err := range map[string]error{
			"approves":   o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, key),
			"refuses":    o.decisions.Refuse(t.Context(), o.second.Actor, o.second.member, key, "No."),
			"sends back": o.decisions.SendBack(t.Context(), o.second.Actor, key, "Which?"),
		} {
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s, somebody %s: %v", name, verb, err)
			}
		}
		if o.state(t, key) != decision.Waiting || len(o.done) != 0 {
			t.Errorf("%s: %s, %d effects", name, o.state(t, key), len(o.done))
		}
	}
}

func TestADeactivationThatCommitsBeforeTheVerdictStopsIt(t *testing.T) {
	o := newOffice(t)
	key := o.propose(t, o.first, kindOne, o.unit)
	super := o.db.Super(t)
	tx, err := super.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(t.Context(), closes, o.second.PersonID); err != nil {
		t.Fatal(err)
	}
	verdict := make(chan error, 1)
	go func() { verdict <- o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, key) }()
	waitForALock(t, super)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-verdict; fault.KindOf(err) != fault.NotFound || o.state(t, key) != decision.Waiting {
		t.Errorf("approved by somebody deactivated before: %v, %s", err, o.state(t, key))
	}
}

func TestADeactivationWaitsForAVerdictThatIsUnderWay(t *testing.T) {
	o := newOffice(t)
	key := o.propose(t, o.first, kindOne, o.unit)
	super, closed := o.db.Super(t), make(chan error, 1)
	o.pause = func() {
		go func() {
			_, err := super.ExecContext(t.Context(), closes, o.second.PersonID)
			closed <- err
		}()
		waitForALock(t, super)
	}
	if err := o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, key); err != nil {
		t.Fatal(err)
	}
	if err := <-closed; err != nil || o.state(t, key) != decision.Approved {
		t.Errorf("%v, %s", err, o.state(t, key))
	}
}

func TestAProposalOfSomebodyWhoIsGoneIsRefusedOrSentBackButNotApproved(t *testing.T) {
	for name, change := range map[string]string{"deactivated": closes, "without the role": takesRole, "with a forged role": forges} {
		o := newOffice(t)
		refused, back := o.propose(t, o.first, kindOne, o.unit), o.propose(t, o.first, kindOne, o.unit)
		o.super(t, change, o.first.PersonID)
		err := o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, refused)
		if fault.CodeOf(err) != "decision.proposer_gone" || o.state(t, refused) != decision.Waiting || len(o.done) != 0 {
			t.Errorf("%s: %v, %s", name, err, o.state(t, refused))
		}
		if err := o.decisions.Refuse(t.Context(), o.second.Actor, o.second.member, refused, "They left."); err != nil {
			t.Errorf("%s: refusing: %v", name, err)
		}
		if err := o.decisions.SendBack(t.Context(), o.second.Actor, back, "They left."); err != nil {
			t.Errorf("%s: sending back: %v", name, err)
		}
	}
}

func TestTheFunctionThatLocksChangesNothing(t *testing.T) {
	o := newOffice(t)
	for _, change := range []string{`UPDATE people SET deactivated_at = now()`, `UPDATE memberships SET role = 'commander'`} {
		_, err := o.db.Super(t).ExecContext(t.Context(), `DO $$ BEGIN SET LOCAL ROLE portal_receipt; `+change+`; END $$`)
		if err == nil {
			t.Errorf("the role that locks may %s", change)
		}
	}
}

// waitForALock waits until somebody in this database waits for somebody else.
func waitForALock(t *testing.T, super *sql.DB) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for waiting := 0; waiting == 0; {
		err := super.QueryRowContext(t.Context(),
			`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		if err != nil {
			t.Error(err)
			return
		}
		select {
		case <-t.Context().Done():
			t.Error("nobody waits")
			return
		case <-tick.C:
		}
	}
}
