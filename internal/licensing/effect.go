package licensing

import (
	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Rules are how steps are decided: by a second officer of the ministry; what lifts a
// suspension by the oversight body, so that nobody lifts what their own office
// imposed; a verdict on an appeal by two overseers.
func (s *Service) Rules() []decision.Rule {
	var rules []decision.Rule
	for _, kind := range StepKinds() {
		if moves[kind].own {
			continue
		}
		r := decision.Rule{
			Kind: kind.DecisionKind(), Propose: proposing(kind), Approve: authority.LicenceDecide,
			Check: s.may, Effect: s.effect, Facts: s.facts,
		}
		switch kind {
		case Reinstate, Widen:
			r.Approve, r.OtherUnit = authority.ReinstateDecide, true
		case AppealUpheld, AppealDismissed:
			r.Approve = authority.AppealDecide
		default:
		}
		rules = append(rules, r)
	}
	return rules
}

// may is asked when it is proposed, before there is a draft on record, and again
// before the effect.
func (s *Service) may(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
	if by.PersonID == d.ProposedBy {
		return nil // Propose has looked
	}
	if err := lockAgency(tx, d.Subject); err != nil {
		return err
	}
	draft, err := proposalOf(tx, d.ID)
	if err != nil {
		return err
	}
	if draft.Agency != d.Subject || draft.Kind.DecisionKind() != d.Kind {
		return fault.New(fault.Conflict, "problem.conflict")
	}
	// The day that was proposed may have come meanwhile.
	if !draft.Until.IsZero() && draft.Until.Before(s.Today()) {
		return fault.New(fault.Conflict, "licensing.until_past")
	}
	if err := mayJudge(tx, by, draft); err != nil {
		return err
	}
	return s.check(tx, draft)
}

// effect takes the step that was approved.
func (s *Service) effect(tx postgres.Tx, d decision.Decision) error {
	draft, err := proposalOf(tx, d.ID)
	if err != nil {
		return err
	}
	step := Step{
		ID: d.ID, AgencyID: draft.Agency, Kind: draft.Kind, Ground: draft.Ground, Text: draft.Text, On: s.Today(), Until: draft.Until, Of: draft.Of,
		Scope: draft.Scope, At: s.now(),
	}
	return s.take(tx, d.By, step, d.ID)
}

// take writes a step and what follows from it, within the transaction of whoever
// takes it.
func (s *Service) take(tx postgres.Tx, by identity.Actor, step Step, decided uuid.UUID) error {
	// What a verdict undoes is read before the verdict stands.
	undone, err := s.undoneBy(tx, step)
	if err != nil {
		return err
	}
	if err := insertStep(tx, step, by, decided); err != nil {
		return err
	}
	if err := s.publish(tx, step, undone); err != nil {
		return err
	}
	switch step.Kind {
	case Suspend, Revoke:
		if err := strand(tx, step, s.Today()); err != nil {
			return err
		}
	case Narrow:
		if err := insertNarrowing(tx, step); err != nil {
			return err
		}
		if err := strand(tx, step, s.Today()); err != nil {
			return err
		}
	case AppealUpheld:
		if err := endNarrowings(tx, step, undone.ID); err != nil {
			return err
		}
	case Widen:
		if err := endNarrowings(tx, step, step.Of); err != nil {
			return err
		}
	default:
	}
	if !moves[step.Kind].own {
		if err := s.notify(tx, notice{agency: step.AgencyID, kind: "step", object: step.ID, due: step.On}); err != nil {
			return err
		}
	}
	return record(tx, by, step)
}

func record(tx postgres.Tx, by identity.Actor, step Step) error {
	return audit.Record(tx, audit.Entry{Actor: by, Action: "licence." + string(step.Kind), ObjectKind: "agency", ObjectID: step.AgencyID})
}

// settle writes the state of today where the register searches.
func (s *Service) settle(tx postgres.Tx, agency uuid.UUID) error {
	licence, err := LicenceOf(tx, agency)
	if err != nil {
		return err
	}
	return updateState(tx, agency, licence.StateOn(s.Today()), s.clock.Now())
}

// facts say what would be done.
func (s *Service) facts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	draft, err := proposalOf(tx, d.ID)
	if err != nil {
		return nil, err
	}
	latin, local, err := NamesOf(tx, draft.Agency)
	if err != nil {
		return nil, err
	}
	facts := []decision.Fact{{Key: "licensing.fact.agency", Text: joined(latin, local)}, {Key: "licensing.fact.step", Word: "licensing.step." + string(draft.Kind)}}
	if draft.Ground != "" {
		facts = append(facts, decision.Fact{Key: "licensing.fact.ground", Word: "licensing.ground." + draft.Ground})
	}
	facts = append(facts, decision.Fact{Key: "licensing.fact.reason", Text: draft.Text})
	if !draft.Until.IsZero() {
		facts = append(facts, decision.Fact{Key: "licensing.fact.until", Day: draft.Until})
	}
	for _, line := range draft.Scope {
		facts = append(facts, decision.Fact{Key: "licensing.fact.scope", Place: line.Destination, Work: line.Occupation})
	}
	return facts, nil
}

func joined(latin, local string) string {
	if latin == "" || local == "" {
		return latin + local
	}
	return latin + " · " + local
}
