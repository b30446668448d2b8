package desk

import (
	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// The kinds of decisions about keys.
const (
	// Readmit: a colleague vouches for somebody with a new key of their own.
	// The subject is the person, the unit their own.
	Readmit decision.Kind = "desk.readmit"
	// Recover: a holder of a share contributes it. The subject is the lost
	// desk's unit, the unit the holder's.
	Recover decision.Kind = "desk.recover"
	// HandOver: another unit takes a desk's complaints. The subject is the
	// unit that hands over, the unit the one that receives.
	HandOver decision.Kind = "desk.handover"
	// Forget: a colleague agrees that what does not open any more is given up.
	// Subject and unit are the desk's own.
	Forget decision.Kind = "desk.forget"
)

// Rules are how these kinds are decided. Their effects work with the approver's
// own key, in the approver's request.
func (s *Service) Rules() []decision.Rule {
	return []decision.Rule{
		{
			Kind: Readmit, Propose: authority.DeskRead, Approve: authority.DeskTend,
			Check: s.mayReadmit, Facts: s.facts,
			Effect: func(tx postgres.Tx, d decision.Decision) error {
				a, err := s.read(tx, d)
				if err != nil {
					return err
				}
				return s.admit(tx, holder(d), a.Person, a.MemberKey)
			},
		},
		{
			Kind: Recover, Propose: authority.DeskRead, Approve: authority.DeskTend, OtherUnit: true,
			Check: s.mayRecover, Facts: s.facts,
			Effect: func(tx postgres.Tx, d decision.Decision) error {
				a, err := s.read(tx, d)
				if err != nil {
					return err
				}
				return s.contribute(tx, holder(d), d.Subject, a.Person, a.MemberKey, d.ID)
			},
		},
		{
			Kind: HandOver, Propose: authority.DeskTend, Approve: authority.DeskTend, OtherUnit: true,
			Check: s.mayHandOver, Facts: s.facts, Effect: s.beginHandOver,
		},
		{
			Kind: Forget, Propose: authority.DeskTend, Approve: authority.DeskTend,
			Check: s.mayForget, Facts: s.facts, Effect: s.forget,
		},
	}
}

func holder(d decision.Decision) identity.Holder {
	return identity.Holder{Actor: d.By, Member: d.Member}
}

// mayReadmit is asked twice: of who proposes, for themselves alone, and of who
// approves, who must hold the key.
func (s *Service) mayReadmit(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
	a, err := s.read(tx, d)
	if err != nil {
		return err
	}
	if d.Subject != d.ProposedBy || d.UnitID != d.ProposedUnit {
		return fault.New(fault.Conflict, "desk.error.for_oneself")
	}
	if _, err := s.restorer(tx, d.UnitID, a.Person, a.MemberKey); err != nil {
		return err
	}
	return nil
}

// mayRecover refuses while somebody of the desk can still open it: that person
// admits the others. Only the desk itself sees whether that is so. Who holds a
// share checks on their side that the request was signed with the present key of
// a genuine member; that the desk is lost they have to ask its people in person.
func (s *Service) mayRecover(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
	a, err := s.read(tx, d)
	if err != nil {
		return err
	}
	if d.Subject != d.ProposedUnit {
		return fault.New(fault.Conflict, "desk.error.for_oneself")
	}
	if _, err := s.restorer(tx, d.Subject, a.Person, a.MemberKey); err != nil {
		return err
	}
	if by.UnitID != d.Subject {
		return nil
	}
	u, err := unitByID(tx, d.Subject)
	if err != nil {
		return err
	}
	lost, err := s.lost(tx, u)
	if err == nil && !lost {
		err = fault.New(fault.Conflict, "desk.error.not_lost")
	}
	return err
}

func (s *Service) mayHandOver(tx postgres.Tx, _ identity.Actor, d decision.Decision) error {
	if _, err := s.read(tx, d); err != nil {
		return err
	}
	if d.Subject != d.ProposedUnit {
		return fault.New(fault.Conflict, "desk.error.for_oneself")
	}
	live, err := liveKeys(tx, d.UnitID)
	if err != nil {
		return err
	}
	if len(live) == 0 || live[0].RetiredAt != nil {
		return fault.New(fault.Conflict, "desk.error.no_key")
	}
	_, err = s.genuine(live[0])
	return err
}

func (s *Service) beginHandOver(tx postgres.Tx, d decision.Decision) error {
	err := insertWork(tx, workRow{
		ID: newID(), UnitID: d.Subject, Kind: "handover", ToUnitID: &d.UnitID, DecisionID: &d.ID,
		AskedAt: s.deps.Clock.Now(), AskedBy: d.ProposedBy,
	})
	if err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: d.By, Action: "desk.handover_begun", ObjectKind: "unit", ObjectID: d.Subject})
}

// facts names the units, and who asks.
func (s *Service) facts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	from, err := unitByID(tx, d.ProposedUnit)
	if err != nil {
		return nil, err
	}
	to, err := unitByID(tx, d.UnitID)
	if err != nil {
		return nil, err
	}
	out := []decision.Fact{{Key: "desk.fact.from", Names: from.names()}, {Key: "desk.fact.to", Names: to.names()}}
	a, why, err := asked(tx, s.deps.People, d)
	if err != nil {
		return nil, err
	}
	if why != "" {
		return append(out, decision.Fact{Key: "desk.fact.signed", Word: "desk.fact.unsigned"}), nil
	}
	if d.Kind == HandOver || d.Kind == Forget {
		return out, nil
	}
	name, err := personName(tx, a.Person)
	return append(out, decision.Fact{Key: "desk.fact.person", Text: name}, decision.Fact{Key: "desk.fact.key", Text: a.MemberKey}), err
}
