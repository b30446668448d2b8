package retention

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// The kinds of decisions about retention.
const (
	// LiftHold ends a legal hold. The subject is the hold, the unit that of the
	// second person: a support agency.
	LiftHold decision.Kind = "hold.lift"
	// ChangeRule sets how long a kind is kept, from a day on. The subject follows
	// from the kind (policySubject); the unit is the oversight body, of which a
	// second overseer decides.
	ChangeRule decision.Kind = "retention.policy"
)

// Rules are how these kinds are decided.
func (s *Service) Rules() []decision.Rule {
	return []decision.Rule{
		{
			Kind: LiftHold, Propose: authority.HoldLift, Approve: authority.HoldLiftApprove, OtherUnit: true,
			Check: s.mayLift, Effect: s.lift, Facts: s.liftFacts,
		},
		{
			Kind: ChangeRule, Propose: authority.RetentionPropose, Approve: authority.RetentionApprove,
			Check: s.mayChange, Effect: s.change, Facts: s.changeFacts,
		},
	}
}

// Proposer writes proposals down.
type Proposer interface {
	Propose(ctx context.Context, by identity.Actor, p decision.Proposal) (uuid.UUID, error)
}

// AskLift proposes to lift the hold; somebody of the unit "to" decides. While
// such a proposal waits, a second one is a Conflict fault.
func (s *Service) AskLift(ctx context.Context, by identity.Actor, hold, to uuid.UUID, p Proposer) (uuid.UUID, error) {
	return once(p.Propose(ctx, by, decision.Proposal{Kind: LiftHold, Subject: hold, UnitID: to}))
}

// AskPolicy proposes another rule; a second overseer decides. Mistakes are
// Invalid faults at the fields kind, days, from and source. While a rule of that
// kind waits, a second one is a Conflict fault.
func (s *Service) AskPolicy(ctx context.Context, by identity.Actor, rule Policy, p Proposer) (uuid.UUID, error) {
	return once(p.Propose(ctx, by, decision.Proposal{
		Kind: ChangeRule, Subject: policySubject(rule.Kind), UnitID: by.UnitID, Detail: detailOf(rule),
	}))
}

func once(key uuid.UUID, err error) (uuid.UUID, error) {
	if postgres.Violates(err, "decisions_one_waits") {
		return uuid.Nil, fault.New(fault.Conflict, "retention.error.waits")
	}
	return key, err
}

// policySubject stands for a kind of data, as the database's function of that
// name has it.
func policySubject(kind Kind) uuid.UUID {
	sum := sha256.Sum256([]byte(prefix + string(kind)))
	return uuid.UUID(sum[:16])
}

// ruleDetail is the detail of a proposal. The source is a citation of law or
// names a rule of the house: it is about nobody.
type ruleDetail struct {
	Kind   Kind   `json:"kind"`
	Days   int    `json:"days"`
	From   string `json:"from"` // time.DateOnly
	Source string `json:"source"`
}

func detailOf(p Policy) ruleDetail {
	d := ruleDetail{Kind: p.Kind, Days: p.Days, Source: p.Source}
	if !p.From.IsZero() {
		d.From = p.From.Format(time.DateOnly)
	}
	return d
}

func proposed(d decision.Decision) (Policy, error) {
	var detail ruleDetail
	if err := json.Unmarshal(d.Detail, &detail); err != nil {
		return Policy{}, fmt.Errorf("read the proposal: %w", err)
	}
	p := Policy{Kind: detail.Kind, Days: detail.Days, Source: detail.Source}
	if detail.From != "" {
		var err error
		if p.From, err = time.Parse(time.DateOnly, detail.From); err != nil {
			return Policy{}, fmt.Errorf("read the proposal: %w", err)
		}
	}
	return p, nil
}

func (s *Service) mayLift(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
	fits, err := isSecond(tx, d.UnitID)
	if err != nil {
		return err
	}
	if !fits {
		return fault.Field("unit", "form.choice")
	}
	h, err := s.hold(tx, d.Subject)
	if err != nil {
		return err
	}
	// One that was marked by hand is in force, and its row can change no more.
	if h.LiftedAt != nil || h.Forged {
		return fault.New(fault.Conflict, "retention.error.lifted")
	}
	return nil
}

func (s *Service) mayChange(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
	p, err := proposed(d)
	if err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	if d.Subject != policySubject(p.Kind) || d.UnitID != d.ProposedUnit {
		return fault.New(fault.Conflict, "problem.conflict")
	}
	// Whoever approves may come later than that day.
	if by.PersonID == d.ProposedBy && p.From.Before(s.Clock.Now().UTC().Truncate(24*time.Hour)) {
		return fault.Field("from", "retention.error.past")
	}
	there, err := policyExists(tx, p)
	if err != nil {
		return err
	}
	if there {
		if by.PersonID != d.ProposedBy {
			return fault.New(fault.Conflict, "retention.error.same_day")
		}
		return fault.Field("from", "retention.error.same_day")
	}
	return nil
}

func (s *Service) change(tx postgres.Tx, d decision.Decision) error {
	p, err := proposed(d)
	if err != nil {
		return err
	}
	return s.write(tx, d.By, p, d.ID)
}

// liftFacts say what is held. Whoever may not see the hold is told so.
func (s *Service) liftFacts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	h, err := s.hold(tx, d.Subject)
	if fault.KindOf(err) == fault.NotFound {
		return []decision.Fact{{Key: "retention.held", Word: "retention.fact.not_yours"}}, nil
	}
	if err != nil {
		return nil, err
	}
	var facts []decision.Fact
	switch {
	case h.Held.Agency != uuid.Nil:
		facts = []decision.Fact{{Key: "retention.fact.agency", Text: h.Agency}}
	case h.Held.Complaint != uuid.Nil:
		facts = []decision.Fact{{Key: "retention.fact.complaint", Text: h.Held.Complaint.String()}}
	default:
		facts = []decision.Fact{{Key: "retention.fact.from", Day: h.Held.From}, {Key: "retention.fact.until", Day: h.Held.Until}}
	}
	return append(facts,
		decision.Fact{Key: "retention.fact.reason", Word: "retention.reason." + string(h.Reason)},
		decision.Fact{Key: "retention.fact.placed", Day: h.PlacedAt},
		decision.Fact{Key: "retention.fact.placed_by", Text: h.PlacedBy}), nil
}

func (s *Service) changeFacts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	p, err := proposed(d)
	if err != nil {
		return nil, err
	}
	inForce, _, err := s.inForce(tx)
	if err != nil {
		return nil, err
	}
	now := decision.Fact{Key: "retention.fact.now", Word: "retention.unset"}
	if old, set := inForce[p.Kind]; set {
		now = decision.Fact{Key: "retention.fact.now", Text: strconv.Itoa(old.Days)}
	}
	return []decision.Fact{
		{Key: "retention.what", Word: "retention.kind." + string(p.Kind)},
		now,
		{Key: "retention.fact.days", Text: strconv.Itoa(p.Days)},
		{Key: "retention.fact.valid", Day: p.From},
		{Key: "retention.source", Text: p.Source},
	}, nil
}
