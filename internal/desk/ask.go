package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// askPurpose separates these signatures from others of the same key.
const askPurpose = "desk ask"

// ask is the detail of each proposal about a desk: who asks, and their signature.
// Without it whoever can write to the database could ask in the name of the desk
// that is to lose something.
type ask struct {
	Person    uuid.UUID `json:"person"`
	MemberKey string    `json:"member_key"`
	At        time.Time `json:"at"`
	Signature []byte    `json:"signature"`
}

// statement is what the person who asks signs, one line each, in this order. It
// names the proposal: the signature carries no second one.
func (a ask) statement(d decision.Decision) []byte {
	var s strings.Builder
	line := func(name string, value any) { fmt.Fprintf(&s, "%s %v\n", name, value) }
	line("ask", d.ID)
	line("kind", d.Kind)
	line("subject", d.Subject)
	line("from", d.ProposedUnit)
	line("to", d.UnitID)
	line("person", a.Person)
	line("key", a.MemberKey)
	line("at", a.At.UTC().Format("2006-01-02T15:04:05.000000Z"))
	return []byte(s.String())
}

// Why an ask does not count, beside the reasons of package decision.
const (
	WhyUnasked = "nobody signed for the desk that asks"
	WhyNobody  = "somebody is no member"
	WhyOther   = "another decision"
	WhyLapsed  = "asked for too long ago"
)

// proposal signs what the holder asks of the unit to.
func (s *Service) proposal(by identity.Holder, kind decision.Kind, subject, to uuid.UUID, once string) (decision.Proposal, error) {
	if by.Member.Locked() {
		return decision.Proposal{}, fault.New(fault.Conflict, "desk.no_member_key")
	}
	p := decision.Proposal{ID: newID(), Kind: kind, Subject: subject, UnitID: to, Once: once}
	a := ask{Person: by.PersonID, MemberKey: by.Member.ID(), At: s.deps.Clock.Now().UTC().Truncate(time.Microsecond)}
	var err error
	a.Signature, err = by.Member.Sign(askPurpose, a.statement(decision.Decision{
		ID: p.ID, Kind: kind, Subject: subject, UnitID: to, ProposedUnit: by.UnitID,
	}))
	if err != nil {
		return decision.Proposal{}, fmt.Errorf("sign: %w", err)
	}
	p.Detail = a
	return p, nil
}

// asked reads who asks, and says why that does not count, or "".
func asked(tx postgres.Tx, people *identity.People, d decision.Decision) (a ask, why string, err error) {
	if err := json.Unmarshal(d.Detail, &a); err != nil || a.MemberKey == "" || a.Person != d.ProposedBy {
		return ask{}, WhyUnasked, nil //nolint:nilerr // a detail of another shape was not written by the portal
	}
	key, err := people.Key(tx, a.Person, a.MemberKey)
	if fault.KindOf(err) == fault.NotFound {
		return a, WhyUnasked, nil
	}
	if err != nil {
		return a, "", err
	}
	if !key.Signed(askPurpose, a.statement(d), a.Signature) {
		return a, WhyUnasked, nil
	}
	return a, "", nil
}

// read is asked for a proposal that goes no further without a signature.
func (s *Service) read(tx postgres.Tx, d decision.Decision) (ask, error) {
	a, why, err := asked(tx, s.deps.People, d)
	if err == nil && why != "" {
		err = fault.New(fault.Conflict, "desk.error.unsigned")
	}
	return a, err
}

// Proposer writes proposals down.
type Proposer interface {
	Propose(ctx context.Context, by identity.Actor, p decision.Proposal) (uuid.UUID, error)
}

func (s *Service) ask(ctx context.Context, by identity.Holder, p Proposer, kind decision.Kind, subject, to uuid.UUID, once string) error {
	proposal, err := s.proposal(by, kind, subject, to, once)
	if err != nil {
		return err
	}
	_, err = p.Propose(ctx, by.Actor, proposal)
	return err
}

// AskReadmission proposes that the holder's present key be admitted to their
// desk; a colleague who is admitted decides.
func (s *Service) AskReadmission(ctx context.Context, by identity.Holder, p Proposer) error {
	return s.ask(ctx, by, p, Readmit, by.PersonID, by.UnitID, by.Member.ID())
}

// AskRecovery proposes to every holder of a share of the holder's lost desk that
// they contribute it, and returns to how many.
func (s *Service) AskRecovery(ctx context.Context, by identity.Holder, p Proposer) (count int, err error) {
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
		err := s.ask(ctx, by, p, Recover, by.UnitID, share.HolderID, by.Member.ID())
		if fault.KindOf(err) == fault.Conflict && count > 0 {
			continue // asked before
		}
		if err != nil {
			return count, err
		}
		count++
	}
	return count, nil
}

// AskHandOver proposes that the unit of that id take what the holder's desk has.
// One to the same unit that is under way, as far as the holder may see, is a
// Conflict fault; one that is refused is put away.
func (s *Service) AskHandOver(ctx context.Context, by identity.Holder, to uuid.UUID, p Proposer) error {
	if err := s.require(by.Actor, authority.DeskTend); err != nil {
		return err
	}
	err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error { return s.clearTheWay(tx, by, to) })
	if err != nil {
		return fmt.Errorf("ask for hand-over: %w", err)
	}
	return s.ask(ctx, by, p, HandOver, by.UnitID, to, "hand-over")
}

// AskForget proposes that the desk give up what does not open any more, so that
// its older keys can go. With nothing of that kind in the holder's sight it is a
// Conflict fault.
func (s *Service) AskForget(ctx context.Context, by identity.Holder, p Proposer) error {
	return s.ask(ctx, by, p, Forget, by.UnitID, by.UnitID, "forget")
}
