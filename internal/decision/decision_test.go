package decision_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

func TestWhatTwoPeopleAgreeOnIsDoneOnceAndSigned(t *testing.T) {
	o := newOffice(t)
	key := o.propose(t, o.first, kindOne, o.unit)
	if err := o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, key); err != nil {
		t.Fatal(err)
	}
	if o.state(t, key) != decision.Approved || !slices.Equal(o.done, []uuid.UUID{key}) {
		t.Fatalf("state %s, effects %d", o.state(t, key), len(o.done))
	}
	if err := o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, key); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second approval: %v, want Conflict", err)
	}
	fakes, err := o.decisions.Verify(t.Context(), identity.System("audit"))
	if err != nil || len(fakes) != 0 {
		t.Errorf("an honest verdict is doubted: %v, %v", fakes, err)
	}
	var entries int
	if err := o.db.Super(t).QueryRowContext(t.Context(), `SELECT count(*) FROM audit_entries WHERE object_id = $1`, key).Scan(&entries); err != nil || entries != 2 {
		t.Errorf("%d entries (%v), want one of the proposal and one of the approval", entries, err)
	}
}

func TestAnEffectThatFailsLeavesTheProposalWaiting(t *testing.T) {
	o := newOffice(t)
	key := o.propose(t, o.first, kindOne, o.unit)
	o.fail = errors.New("the rope broke")
	if err := o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, key); !errors.Is(err, o.fail) {
		t.Fatalf("err = %v", err)
	}
	if o.state(t, key) != decision.Waiting {
		t.Error("approved without its effect")
	}
}

// Each way to move a proposal, by each colleague, and what comes of it.
func TestWhoMayMoveAProposal(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	moves := map[string]func(c colleague, key uuid.UUID) error{
		"approve":   func(c colleague, key uuid.UUID) error { return o.decisions.Approve(ctx, c.Actor, c.member, key) },
		"refuse":    func(c colleague, key uuid.UUID) error { return o.decisions.Refuse(ctx, c.Actor, c.member, key, "No.") },
		"send back": func(c colleague, key uuid.UUID) error { return o.decisions.SendBack(ctx, c.Actor, key, "Which?") },
		"withdraw":  func(c colleague, key uuid.UUID) error { return o.decisions.Withdraw(ctx, c.Actor, key) },
	}
	ends := map[string]decision.State{"approve": decision.Approved, "refuse": decision.Refused, "send back": decision.SentBack, "withdraw": decision.Withdrawn}
	const done = fault.Internal
	for who, c := range map[string]struct {
		colleague
		decides, withdraws fault.Kind
	}{
		"the proposer":       {o.first, fault.Conflict, done},
		"another who may":    {o.second, done, fault.Forbidden},
		"one who may not":    {o.junior, fault.Forbidden, fault.Forbidden},
		"one from elsewhere": {o.stranger, fault.NotFound, fault.NotFound},
	} {
		for name, move := range moves {
			key := o.propose(t, o.first, kindOne, o.unit)
			want := c.decides
			if name == "withdraw" {
				want = c.withdraws
			}
			err := move(c.colleague, key)
			if want == done {
				if err != nil || o.state(t, key) != ends[name] {
					t.Errorf("%s, %s: %v, %s", who, name, err, o.state(t, key))
				}
				for again, move := range moves {
					if err := move(c.colleague, key); err == nil {
						t.Errorf("%s by %s after %s", again, who, name)
					}
				}
				continue
			}
			if fault.KindOf(err) != want || o.state(t, key) != decision.Waiting {
				t.Errorf("%s, %s: %v, %s; want kind %v", who, name, err, o.state(t, key), want)
			}
		}
	}
}

func TestWithoutAReasonNothingIsRefused(t *testing.T) {
	o := newOffice(t)
	key := o.propose(t, o.first, kindOne, o.unit)
	for _, err := range []error{
		o.decisions.Refuse(t.Context(), o.second.Actor, o.second.member, key, "  "),
		o.decisions.SendBack(t.Context(), o.second.Actor, key, ""),
	} {
		if fault.KindOf(err) != fault.Invalid || o.state(t, key) != decision.Waiting {
			t.Errorf("err = %v", err)
		}
	}
}

func TestWithoutOnesOwnKeyNobodyDecides(t *testing.T) {
	o := newOffice(t)
	strange, err := seal.NewMember()
	if err != nil {
		t.Fatal(err)
	}
	for name, member := range map[string]seal.Member{"none": {}, "the proposer's": o.first.member, "one of nobody": strange} {
		key := o.propose(t, o.first, kindOne, o.unit)
		if err := o.decisions.Approve(t.Context(), o.second.Actor, member, key); fault.KindOf(err) != fault.Conflict || o.state(t, key) != decision.Waiting {
			t.Errorf("with the key %s: %v", name, err)
		}
	}
	if len(o.done) != 0 {
		t.Error("an effect ran")
	}
}

func TestWhereItTakesTwoUnitsOneIsNotEnough(t *testing.T) {
	o := newOffice(t)
	_, err := o.decisions.Propose(t.Context(), o.first.Actor, decision.Proposal{Kind: kindOther, Subject: id.New(), UnitID: o.unit})
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("proposed to one's own unit: %v", err)
	}
	key := o.propose(t, o.first, kindOther, o.elsewhere)
	if err := o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, key); err == nil {
		t.Error("a colleague of the proposer's unit approved")
	}
	if err := o.decisions.Approve(t.Context(), o.stranger.Actor, o.stranger.member, key); err != nil {
		t.Errorf("the other unit: %v", err)
	}
}

func TestTheSameProposalWaitsOnce(t *testing.T) {
	o := newOffice(t)
	p := decision.Proposal{Kind: kindOne, Subject: id.New(), UnitID: o.unit, Detail: map[string]string{"role": "x"}}
	if _, err := o.decisions.Propose(t.Context(), o.first.Actor, p); err != nil {
		t.Fatal(err)
	}
	if _, err := o.decisions.Propose(t.Context(), o.second.Actor, p); fault.KindOf(err) != fault.Conflict {
		t.Errorf("err = %v, want Conflict", err)
	}
}

func TestWithNobodyToDecideItWaitsAndSaysWhoIsMissing(t *testing.T) {
	o := newOffice(t)
	empty := o.makeUnit(t, "empty")
	alone := o.makeUnit(t, "alone")
	lonely := o.hire(t, "lonely", alone, identity.RoleCommander)
	for name, key := range map[string]uuid.UUID{
		"a unit without people":         o.propose(t, o.first, kindOne, empty),
		"the only one who could, alone": o.propose(t, lonely, kindOne, alone),
	} {
		o.clock.Advance(1)
		by := o.first
		if name != "a unit without people" {
			by = lonely
		}
		page, err := o.decisions.Get(t.Context(), by.Actor, key)
		if err != nil || page.State != decision.Waiting || !slices.Equal(page.Missing, []identity.Role{identity.RoleCommander}) {
			t.Errorf("%s: %v, %s, missing %v", name, err, page.State, page.Missing)
		}
		if err := o.decisions.Approve(t.Context(), by.Actor, by.member, key); err == nil {
			t.Errorf("%s: it fell back to one person", name)
		}
	}
	late := o.hire(t, "late", alone, identity.RoleCommander)
	lines, _, err := o.decisions.List(t.Context(), late.Actor, decision.Filter{View: decision.ViewWaiting})
	if err != nil || len(lines) != 1 || len(lines[0].Missing) != 0 || !lines[0].MayDecide {
		t.Errorf("when somebody came: %+v, %v", lines, err)
	}
}

func TestNobodyDecidesAboutThemselves(t *testing.T) {
	o := newOffice(t)
	about := func(subject uuid.UUID) uuid.UUID {
		key, err := o.decisions.Propose(t.Context(), o.first.Actor, decision.Proposal{Kind: kindAbout, Subject: subject, UnitID: o.unit})
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	key := about(o.second.PersonID)
	for name, err := range map[string]error{
		"approves":   o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, key),
		"refuses":    o.decisions.Refuse(t.Context(), o.second.Actor, o.second.member, key, "No."),
		"sends back": o.decisions.SendBack(t.Context(), o.second.Actor, key, "Which?"),
	} {
		if fault.CodeOf(err) != "decision.about_you" || o.state(t, key) != decision.Waiting {
			t.Errorf("the person themselves %s: %v", name, err)
		}
	}
	page, err := o.decisions.Get(t.Context(), o.second.Actor, key)
	if err != nil || page.MayDecide || !slices.Equal(page.Missing, []identity.Role{identity.RoleCommander}) {
		t.Errorf("with nobody but the proposer and the person: %v, missing %v, %v", page.MayDecide, page.Missing, err)
	}
	err = o.asStaff(t, o.second.PersonID, o.unit, "police", "commander", exec(verdict, key, o.second.PersonID, o.unit))
	if !postgres.Violates(err, "decisions_about_another") {
		t.Errorf("the database: %v", err)
	}
	third := o.hire(t, "third", o.unit, identity.RoleCommander)
	if err := o.decisions.Approve(t.Context(), third.Actor, third.member, key); err != nil {
		t.Errorf("somebody else: %v", err)
	}
}

func TestWhoeverSignsHasShownWhoTheyAreAMomentAgo(t *testing.T) {
	o := newOffice(t)
	key, other := o.propose(t, o.first, kindOne, o.unit), o.propose(t, o.first, kindOne, o.unit)
	o.clock.Advance(10 * time.Minute)
	for name, err := range map[string]error{
		"approving": o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, key),
		"refusing":  o.decisions.Refuse(t.Context(), o.second.Actor, o.second.member, key, "No."),
	} {
		if fault.KindOf(err) != fault.Forbidden || o.state(t, key) != decision.Waiting {
			t.Errorf("%s after ten minutes: %v", name, err)
		}
	}
	if err := o.decisions.SendBack(t.Context(), o.second.Actor, other, "Which?"); err != nil {
		t.Errorf("sending back signs nothing: %v", err)
	}
}

func TestTheListShowsWhatConcernsTheUnit(t *testing.T) {
	o := newOffice(t)
	overseer := o.hireOverseer(t)
	own := o.propose(t, o.first, kindOne, o.unit)
	sent := o.propose(t, o.first, kindOther, o.elsewhere)
	o.propose(t, o.stranger, kindOne, o.elsewhere)
	for name, c := range map[string]struct {
		by     colleague
		filter decision.Filter
		want   int
	}{
		"the unit":             {o.second, decision.Filter{View: decision.ViewWaiting}, 2},
		"of one kind":          {o.second, decision.Filter{Kind: kindOther}, 1},
		"one's own":            {o.first, decision.Filter{View: decision.ViewMine}, 2},
		"nobody's own":         {o.second, decision.Filter{View: decision.ViewMine}, 0},
		"elsewhere":            {o.stranger, decision.Filter{}, 2},
		"the oversight body":   {overseer, decision.Filter{}, 3},
		"what is decided":      {o.first, decision.Filter{View: decision.ViewDecided}, 0},
		"a page that is empty": {o.first, decision.Filter{Page: 3}, 0},
	} {
		lines, more, err := o.decisions.List(t.Context(), c.by.Actor, c.filter)
		if err != nil || len(lines) != c.want || more {
			t.Errorf("%s: %d lines, more %v, %v; want %d", name, len(lines), more, err, c.want)
		}
	}
	if _, err := o.decisions.Get(t.Context(), o.stranger.Actor, own); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another unit's: %v", err)
	}
	if page, err := o.decisions.Get(t.Context(), o.stranger.Actor, sent); err != nil || !page.MayDecide || page.Own || page.Proposer != "first" {
		t.Errorf("one's own to decide: %+v, %v", page, err)
	}
}

func (o *office) hireOverseer(t *testing.T) colleague {
	t.Helper()
	key := id.New()
	o.super(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, 'oversight', 'oversight', '{"en": "A unit"}')`, key)
	return o.hire(t, "overseer", key, identity.RoleOverseer)
}

func TestARuleThatIsNotWholeDoesNotStart(t *testing.T) {
	effect := func(postgres.Tx, decision.Decision) error { return nil }
	whole := decision.Rule{Kind: "a.b", Propose: authority.PeopleManage, Approve: authority.RoleApprove, Effect: effect}
	for name, rules := range map[string][]decision.Rule{
		"twice":       {whole, whole},
		"no effect":   {{Kind: "a.b", Propose: authority.PeopleManage, Approve: authority.RoleApprove}},
		"no approver": {{Kind: "a.b", Propose: authority.PeopleManage, Approve: "no.such", Effect: effect}},
	} {
		if _, err := decision.NewService(nil, testkit.Clock(), nil, rules...); err == nil {
			t.Errorf("%s: it starts", name)
		}
	}
}
