package retention_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/google/uuid"
)

// rule is one of today's.
func (w *world) rule(kind retention.Kind, days int) retention.Policy {
	return retention.Policy{Kind: kind, Days: days, From: w.clock.Now().UTC().Truncate(24 * time.Hour), Source: "Law on <Examples> & Samples, Art. 5"}
}

func (w *world) askPolicy(by identity.Actor, p retention.Policy) uuid.UUID {
	w.t.Helper()
	key, err := w.retention.AskPolicy(w.t.Context(), by, p, w.decisions)
	if err != nil {
		w.t.Fatal(err)
	}
	return key
}

func TestARuleThatTwoPeopleSetIsFollowed(t *testing.T) {
	w := newWorld(t)
	first, second := w.holder("oversight", identity.RoleOverseer), w.holder("oversight", identity.RoleOverseer)
	f := w.file()
	w.keep(everyItem(10 * 365))
	w.years(1)
	w.expire()
	key := w.askPolicy(first.Actor, w.rule(retention.Narrative, 300))
	p, err := w.decisions.Get(t.Context(), second.Actor, key)
	if err != nil || len(p.Facts) != 5 || p.Facts[1].Text != "3650" || p.Facts[2].Text != "300" || p.Facts[4].Text != "Law on <Examples> & Samples, Art. 5" {
		t.Errorf("the facts: %+v, %v", p.Facts, err)
	}
	w.expire()
	if mine, err := w.byReceipt(f); err != nil || len(mine.Contents.Deleted) != 0 {
		t.Fatalf("a rule that waits was followed: %v", err)
	}
	w.approve(second, key)
	w.expire()
	if mine, err := w.byReceipt(f); err != nil || len(mine.Contents.Deleted) != 1 {
		t.Errorf("the rule was not followed: %+v, %v", mine.Contents.Deleted, err)
	}
	coming := w.rule(retention.Narrative, 200)
	coming.From = coming.From.AddDate(0, 1, 0)
	w.approve(first, w.askPolicy(second.Actor, coming))
	o, err := w.retention.Overview(t.Context(), first.Actor)
	if err != nil || o.Forged != 0 || o.Rules[0].Policy.Days != 300 || o.Rules[0].Next == nil || o.Rules[0].Next.Days != 200 {
		t.Errorf("%+v, %v", o.Rules[0], err)
	}
}

func TestNobodySetsARuleAlone(t *testing.T) {
	w := newWorld(t)
	first, second := w.holder("oversight", identity.RoleOverseer), w.holder("oversight", identity.RoleOverseer)
	reader, support := w.holder("oversight", identity.RoleFirstReader), w.holder("support", identity.RoleSupportWorker)
	for _, who := range []identity.Holder{reader, support} {
		if _, err := w.retention.AskPolicy(t.Context(), who.Actor, w.rule(retention.Contact, 30), w.decisions); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s proposes: %v", who.Role, err)
		}
	}
	key := w.askPolicy(first.Actor, w.rule(retention.Contact, 30))
	if l, err := w.decisions.Get(t.Context(), first.Actor, key); err != nil || len(l.Missing) != 0 {
		t.Errorf("missing %v, %v", l.Missing, err)
	}
	if _, err := w.retention.AskPolicy(t.Context(), second.Actor, w.rule(retention.Contact, 60), w.decisions); fault.CodeOf(err) != "retention.error.waits" {
		t.Errorf("a second one of that kind: %v", err)
	}
	for name, who := range map[string]identity.Holder{"the proposer": first, "a first reader": reader, "another unit": support} {
		if err := w.decisions.Approve(t.Context(), who.Actor, who.Member, key); err == nil {
			t.Errorf("%s: approved", name)
		}
	}
	if n := w.count(`SELECT count(*) FROM policies WHERE key LIKE 'retention.%'`); n != 0 {
		t.Fatalf("%d rules", n)
	}
	w.exec(`UPDATE people SET deactivated_at = now() WHERE id <> $1`, first.PersonID)
	if l, err := w.decisions.Get(t.Context(), first.Actor, key); err != nil || len(l.Missing) != 1 || l.Missing[0] != identity.RoleOverseer {
		t.Errorf("nobody is left, and missing is %v, %v", l.Missing, err)
	}
}

func TestAMistakenRuleIsToldAtItsField(t *testing.T) {
	w := newWorld(t)
	by, second := w.holder("oversight", identity.RoleOverseer), w.holder("oversight", identity.RoleOverseer)
	w.approve(second, w.askPolicy(by.Actor, w.rule(retention.Contact, 30)))
	for field, spoil := range map[string]func(*retention.Policy){
		"kind":   func(p *retention.Policy) { p.Kind = "everything" },
		"days":   func(p *retention.Policy) { p.Days = 0 },
		"from":   func(p *retention.Policy) { p.From = p.From.AddDate(0, 0, -1) },
		"source": func(p *retention.Policy) { p.Source = "" },
	} {
		p := w.rule(retention.Answers, 30)
		spoil(&p)
		if _, err := w.retention.AskPolicy(t.Context(), by.Actor, p, w.decisions); fault.FieldsOf(err)[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := w.retention.AskPolicy(t.Context(), by.Actor, w.rule(retention.Contact, 60), w.decisions); fault.FieldsOf(err)["from"] != "retention.error.same_day" {
		t.Errorf("two of one day: %v", err)
	}
}

// The database asks for the decision; the pin is for whoever writes that too.
func TestARuleThatIsOnlyWrittenDownDeletesNothing(t *testing.T) {
	w := newWorld(t)
	w.keep(everyItem(10 * 365))
	first, second := w.holder("oversight", identity.RoleOverseer), w.holder("oversight", identity.RoleOverseer)
	f := w.file()
	insert := func(days int, decided uuid.UUID) func(*sql.Tx) error {
		return run(`INSERT INTO policies (key, valid_from, value, source, pin, decision_id)
			VALUES ('retention.narrative', '2026-03-02', jsonb_build_object('days', $1::int), 'Law on <Examples> & Samples, Art. 5', 'x', NULLIF($2, '00000000-0000-0000-0000-000000000000'::uuid))`, days, decided)
	}
	approve := func(key uuid.UUID) func(*sql.Tx) error {
		return run(`UPDATE decisions SET state = 'approved', decided_by = $2, decided_unit = $3, decided_at = now(), key_id = 'x', signature = 'x' WHERE id = $1`,
			key, second.PersonID, second.UnitID)
	}
	key := w.askPolicy(first.Actor, w.rule(retention.Narrative, 1))
	for name, statements := range map[string][]func(*sql.Tx) error{
		"no decision":                {insert(1, uuid.Nil)},
		"one that waits":             {insert(1, key)},
		"other days than approved":   {approve(key), insert(2, key)},
		"the decision of no subject": {insert(1, w.askLift(first.Actor, w.hold(first.Actor, id.New())))},
	} {
		if err := w.asStaff(second.Actor, statements...); !postgres.Violates(err, "decision_required") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.asStaff(second.Actor, approve(key)); err != nil {
		t.Fatal(err)
	}
	if err := w.asStaff(second.Actor, insert(1, key)); !postgres.Violates(err, "decision_required") {
		t.Errorf("a verdict of before: %v", err)
	}
	other := w.askPolicy(first.Actor, w.rule(retention.Narrative, 1))
	if err := w.asStaff(second.Actor, approve(other), insert(1, other)); err != nil {
		t.Fatal(err)
	}
	w.years(1)
	w.expire()
	if mine, err := w.byReceipt(f); err != nil || len(mine.Contents.Deleted) != 0 {
		t.Errorf("a forged rule was followed: %v", err)
	}
	fakes, err := w.decisions.Verify(t.Context(), identity.System("audit"))
	if err != nil || len(fakes) != 2 || fakes[0].Why != decision.WhyNoKey {
		t.Errorf("%v, %v", fakes, err)
	}
	if o, err := w.retention.Overview(t.Context(), first.Actor); err != nil || o.Forged != 1 {
		t.Errorf("%d forged rules, %v", o.Forged, err)
	}
}
