package licensing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// Proposer writes down what a second person decides.
type Proposer interface {
	ProposeIn(tx postgres.Tx, by identity.Actor, p decision.Proposal) (uuid.UUID, error)
}

// maxText is the longest reason, reply or appeal, in characters.
const maxText = 4000

// DecisionKind is how the step is decided.
func (k StepKind) DecisionKind() decision.Kind { return decision.Kind("licence." + string(k)) }

// Propose writes down what the actor wants done about a licence, for a second
// person to decide, and returns the decision that waits. Mistakes are faults at the
// fields kind, ground, text, until and scope; while the same step waits already, and
// where it is not legal, it is a Conflict fault.
func (s *Service) Propose(ctx context.Context, actor identity.Actor, d Draft, p Proposer) (uuid.UUID, error) {
	if err := authority.Require(actor, proposing(d.Kind), authority.Object{UnitID: actor.UnitID}); err != nil {
		return uuid.Nil, err
	}
	if moves[d.Kind].own || !slices.Contains(StepKinds(), d.Kind) {
		return uuid.Nil, fault.Field("kind", "form.choice")
	}
	d.Text = strings.TrimSpace(d.Text)
	proposal := decision.Proposal{ID: id.New(), Kind: d.Kind.DecisionKind(), Subject: d.Agency}
	err := s.db.InTx(ctx, actor, func(tx postgres.Tx) error {
		if err := lockAgency(tx, d.Agency); err != nil {
			return err
		}
		if err := s.check(tx, d); err != nil {
			return err
		}
		if err := mayJudge(tx, actor, d); err != nil {
			return err
		}
		unit, err := decidingUnit(tx, actor, d.Kind)
		if err != nil {
			return err
		}
		proposal.UnitID = unit
		proposal.Detail = map[string]string{"step": proposal.ID.String()}
		if _, err := p.ProposeIn(tx, actor, proposal); err != nil {
			return err
		}
		return insertProposal(tx, proposal.ID, d, actor, s.now())
	})
	switch {
	case postgres.Violates(err, "decisions_one_waits"):
		return uuid.Nil, fault.New(fault.Conflict, "decision.waits_already")
	case err != nil:
		return uuid.Nil, fmt.Errorf("propose a step: %w", err)
	}
	return proposal.ID, nil
}

func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

// proposing is who may propose a step: verdicts on appeals are the oversight
// body's, everything else the ministry's.
func proposing(k StepKind) authority.Action {
	if k == AppealUpheld || k == AppealDismissed {
		return authority.AppealPropose
	}
	return authority.LicencePropose
}

// check finds what is wrong with a step by itself, and in the state of today.
func (s *Service) check(tx postgres.Tx, d Draft) error {
	wrong := fault.Fields{}
	if n := utf8.RuneCountInString(d.Text); n == 0 {
		wrong["text"] = "licensing.reason_required"
	} else if n > maxText {
		wrong["text"] = "licensing.too_long"
	}
	hurts := slices.Contains([]StepKind{Notice, Suspend, Narrow, Revoke}, d.Kind)
	if hurts && !slices.Contains(Grounds(), d.Ground) {
		wrong["ground"] = "form.choice"
	}
	if !d.Until.IsZero() && d.Until.Before(s.Today()) {
		wrong["until"] = "licensing.until_past"
	}
	if (d.Kind == Notice || d.Kind == Condition) && d.Until.IsZero() {
		wrong["until"] = "form.required"
	}
	if err := fault.FromFields(wrong); err != nil {
		return err
	}
	licence, err := LicenceOf(tx, d.Agency)
	if err != nil {
		return err
	}
	if !CanStep(licence.StateOn(s.Today()), d.Kind) {
		return fault.New(fault.Conflict, "licensing.step_illegal")
	}
	if err := s.checkAbout(tx, d); err != nil {
		return err
	}
	if d.Kind == Narrow {
		return s.checkNarrow(tx, d)
	}
	return nil
}

// checkAbout looks at the step that this one is about.
func (s *Service) checkAbout(tx postgres.Tx, d Draft) error {
	m := moves[d.Kind]
	if d.Of == uuid.Nil {
		if m.must {
			return fault.New(fault.Conflict, "licensing.step_about")
		}
		return nil
	}
	of, err := stepOf(tx, d.Of)
	if err != nil {
		return err
	}
	answered, err := answersTo(tx, d.Of)
	switch {
	case err != nil:
		return err
	case of.AgencyID != d.Agency || !slices.Contains(m.about, of.Kind):
		return fault.New(fault.Conflict, "licensing.step_about")
	case d.Kind == Appeal && slices.Contains(answered, Appeal):
		return fault.New(fault.Conflict, "licensing.answered")
	case of.Kind == Notice && slices.Contains(answered, Drop):
		return fault.New(fault.Conflict, "licensing.answered")
	case d.Kind == Widen && !of.Until.IsZero() && of.Until.Before(s.Today()):
		return fault.New(fault.Conflict, "licensing.answered") // it is over
	case d.Kind != Appeal && d.Kind != ConditionDone && (slices.Contains(answered, d.Kind) || ended(answered)):
		return fault.New(fault.Conflict, "licensing.answered")
	// The right of reply: what was announced is not done before the agency has
	// answered, or its days are over.
	case of.Kind == Notice && d.Kind != Drop && !moves[d.Kind].own && !slices.Contains(answered, Reply) && !s.Today().After(of.Until):
		return fault.New(fault.Conflict, "licensing.reply_open")
	}
	return nil
}

// mayJudge refuses a verdict on an appeal to whoever imposed the step, under whatever
// hat they did.
func mayJudge(tx postgres.Tx, who identity.Actor, d Draft) error {
	if d.Kind != AppealUpheld && d.Kind != AppealDismissed {
		return nil
	}
	imposed, err := imposedBy(tx, d.Of, who.PersonID)
	if err == nil && imposed {
		return fault.New(fault.Conflict, "licensing.imposed_it")
	}
	return err
}

// ended reports whether a condition or an appeal has its end.
func ended(answered []StepKind) bool {
	return slices.ContainsFunc(answered, func(k StepKind) bool {
		return k == ConditionMet || k == ConditionMissed || k == AppealUpheld || k == AppealDismissed
	})
}

// checkNarrow wants lines of the scope, and not all of them.
func (s *Service) checkNarrow(tx postgres.Tx, d Draft) error {
	now, err := ScopeOn(tx, d.Agency, s.Today())
	switch {
	case err != nil:
		return err
	case !now.Known():
		return fault.Field("scope", "licensing.scope_unknown")
	case len(d.Scope) == 0:
		return fault.Field("scope", "licensing.scope_required")
	case slices.ContainsFunc(d.Scope, func(l ScopeLine) bool { return !slices.Contains(now.Lines, l) }):
		return fault.Field("scope", "form.choice")
	case len(d.Scope) >= len(now.Lines):
		return fault.Field("scope", "licensing.scope_whole")
	}
	return nil
}

// ReplyUntil is the last day of the right of reply for a notice of today; false
// where the law or the calendar is not configured.
func (s *Service) ReplyUntil(tx postgres.Tx) (Due, error) {
	book, err := s.laws.Book(tx)
	if err != nil {
		return Due{}, err
	}
	return DueFrom(book, policy.LicenceReply, s.Today(), s.Today()), nil
}
