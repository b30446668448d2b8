package barred

import (
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// The kinds of decision. The subject is the person, the unit the ministry, of which a
// second licensing officer decides.
const (
	AddKind  decision.Kind = "barred.add"
	LiftKind decision.Kind = "barred.lift"
)

// Rules are how it is decided.
func (s *Service) Rules() []decision.Rule {
	rule := func(kind decision.Kind, check func(postgres.Tx, decision.Decision) error, effect func(postgres.Tx, decision.Decision) error) decision.Rule {
		return decision.Rule{
			Kind: kind, Propose: authority.BarredPropose, Approve: authority.BarredDecide, Effect: effect, Facts: s.facts,
			Check: func(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
				if d.UnitID != d.ProposedUnit {
					return fault.New(fault.Conflict, "problem.conflict")
				}
				if by.PersonID == d.ProposedBy {
					return nil // Bar and Lift have looked
				}
				return check(tx, d)
			},
		}
	}
	return []decision.Rule{rule(AddKind, s.mayAdd, s.add), rule(LiftKind, s.mayLift, s.lift)}
}

func (s *Service) mayAdd(tx postgres.Tx, d decision.Decision) error {
	p, err := hold(tx, d.Subject)
	if err == nil && (p.Decision != d.ID || !p.ConfirmedAt.IsZero()) {
		err = fault.New(fault.Conflict, "problem.conflict")
	}
	return err
}

func (s *Service) add(tx postgres.Tx, d decision.Decision) error {
	if err := confirm(tx, d.Subject, s.Clock.Now()); err != nil {
		return err
	}
	return record(tx, d.By, "added", d.Subject)
}

func (s *Service) mayLift(tx postgres.Tx, d decision.Decision) error {
	if err := mayLift(tx, d.Subject); err != nil {
		return err
	}
	of, _, err := liftOf(tx, d.ID)
	if err == nil && of != d.Subject {
		err = fault.New(fault.Conflict, "problem.conflict")
	}
	return err
}

func (s *Service) lift(tx postgres.Tx, d decision.Decision) error {
	if err := end(tx, d.Subject, d.ID, s.Clock.Now()); err != nil {
		return err
	}
	return record(tx, d.By, "lifted", d.Subject)
}

// facts say who, why, and for how long.
func (s *Service) facts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	p, err := find(tx, d.Subject)
	if err != nil {
		return nil, err
	}
	facts := []decision.Fact{{Key: "barred.name", Text: p.Name()}}
	if !p.BornOn.IsZero() {
		facts = append(facts, decision.Fact{Key: "barred.born_on", Day: p.BornOn})
	}
	if p.Last4 != "" {
		facts = append(facts, decision.Fact{Key: "barred.document", Text: "•••• " + p.Last4})
	}
	facts = append(facts, decision.Fact{Key: "licensing.fact.ground", Word: "licensing.ground." + p.Ground}, decision.Fact{Key: "licensing.fact.reason", Text: p.Text},
		decision.Fact{Key: "barred.from", Day: p.From})
	if !p.Until.IsZero() {
		facts = append(facts, decision.Fact{Key: "licensing.fact.until", Day: p.Until})
	}
	if d.Kind == LiftKind {
		_, text, err := liftOf(tx, d.ID)
		if err != nil {
			return nil, err
		}
		facts = append(facts, decision.Fact{Key: "barred.lift", Text: text})
	}
	return facts, nil
}
