package desk

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
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
)

// forWhom is the detail of a proposal: who asks, and for which key of theirs.
type forWhom struct {
	Person    uuid.UUID `json:"person"`
	MemberKey string    `json:"member_key"`
}

// Rules are how these kinds are decided. Their effects work with the approver's
// own key, in the approver's request.
func (s *Service) Rules() []decision.Rule {
	return []decision.Rule{
		{
			Kind: Readmit, Propose: authority.DeskRead, Approve: authority.DeskTend,
			Check: s.mayReadmit, Facts: s.facts,
			Effect: func(tx postgres.Tx, d decision.Decision) error {
				asked, err := read(d)
				if err != nil {
					return err
				}
				return s.admit(tx, holder(d), asked.Person, asked.MemberKey)
			},
		},
		{
			Kind: Recover, Propose: authority.DeskRead, Approve: authority.DeskTend, OtherUnit: true,
			Check: s.mayRecover, Facts: s.facts,
			Effect: func(tx postgres.Tx, d decision.Decision) error {
				asked, err := read(d)
				if err != nil {
					return err
				}
				return s.contribute(tx, holder(d), d.Subject, asked.Person, asked.MemberKey, d.ID)
			},
		},
		{
			Kind: HandOver, Propose: authority.DeskTend, Approve: authority.DeskTend, OtherUnit: true,
			Check: s.mayHandOver, Facts: s.facts, Effect: s.beginHandOver,
		},
	}
}

func holder(d decision.Decision) identity.Holder {
	return identity.Holder{Actor: d.By, Member: d.Member}
}

func read(d decision.Decision) (asked forWhom, err error) {
	if err := json.Unmarshal(d.Detail, &asked); err != nil || asked.Person == uuid.Nil || asked.MemberKey == "" {
		return forWhom{}, fmt.Errorf("the detail of the proposal cannot be read")
	}
	return asked, nil
}

// Proposer writes proposals down.
type Proposer interface {
	Propose(ctx context.Context, by identity.Actor, p decision.Proposal) (uuid.UUID, error)
}

// AskReadmission proposes that the holder's present key be admitted to their
// desk; a colleague who is admitted decides.
func (s *Service) AskReadmission(ctx context.Context, by identity.Holder, p Proposer) error {
	if by.Member.Locked() {
		return fault.New(fault.Conflict, "desk.no_member_key")
	}
	_, err := p.Propose(ctx, by.Actor, decision.Proposal{
		Kind: Readmit, Subject: by.PersonID, UnitID: by.UnitID, Detail: forWhom{by.PersonID, by.Member.ID()},
	})
	return err
}

// AskRecovery proposes to every holder of a share of the holder's lost desk that
// they contribute it, and returns to how many.
func (s *Service) AskRecovery(ctx context.Context, by identity.Holder, p Proposer) (asked int, err error) {
	if by.Member.Locked() {
		return 0, fault.New(fault.Conflict, "desk.no_member_key")
	}
	var given []shareRow
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		live, err := liveKeys(tx, by.UnitID)
		if err != nil || len(live) == 0 {
			return err
		}
		given, err = sharesOf(tx, live[0].ID)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("ask for recovery: %w", err)
	}
	if len(given) == 0 {
		return 0, fault.New(fault.Conflict, "desk.error.no_share")
	}
	for _, share := range given {
		_, err := p.Propose(ctx, by.Actor, decision.Proposal{
			Kind: Recover, Subject: by.UnitID, UnitID: share.HolderID, Detail: forWhom{by.PersonID, by.Member.ID()},
		})
		if fault.KindOf(err) == fault.Conflict && asked > 0 {
			continue // asked before
		}
		if err != nil {
			return asked, err
		}
		asked++
	}
	return asked, nil
}

// AskHandOver proposes that the unit of that id take what the holder's desk has.
func (s *Service) AskHandOver(ctx context.Context, by identity.Holder, to uuid.UUID, p Proposer) error {
	_, err := p.Propose(ctx, by.Actor, decision.Proposal{Kind: HandOver, Subject: by.UnitID, UnitID: to})
	return err
}

// mayReadmit is asked twice: of who proposes, for themselves alone, and of who
// approves, who must hold the key.
func (s *Service) mayReadmit(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
	asked, err := read(d)
	if err != nil {
		return err
	}
	if asked.Person != d.ProposedBy || d.Subject != d.ProposedBy || d.UnitID != d.ProposedUnit {
		return fault.New(fault.Conflict, "desk.error.for_oneself")
	}
	if _, err := s.restorer(tx, d.UnitID, asked.Person, asked.MemberKey); err != nil {
		return err
	}
	return nil
}

// mayRecover refuses while somebody of the desk can still open it: that person
// admits the others.
func (s *Service) mayRecover(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
	asked, err := read(d)
	if err != nil {
		return err
	}
	if asked.Person != d.ProposedBy || d.Subject != d.ProposedUnit {
		return fault.New(fault.Conflict, "desk.error.for_oneself")
	}
	if _, err := s.restorer(tx, d.Subject, asked.Person, asked.MemberKey); err != nil {
		return err
	}
	if by.UnitID != d.Subject {
		return nil // who holds a lost desk's key, its own people alone can see
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
	if postgres.Violates(err, "desk_work_handover") {
		return fault.New(fault.Conflict, "desk.error.under_way")
	}
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
	if d.Kind == HandOver {
		return out, nil
	}
	asked, err := read(d)
	if err != nil {
		return nil, err
	}
	name, err := personName(tx, asked.Person)
	return append(out, decision.Fact{Key: "desk.fact.person", Text: name}, decision.Fact{Key: "desk.fact.key", Text: asked.MemberKey}), err
}
