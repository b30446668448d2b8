package guarantee

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// Release says whether what is held can be let go.
type Release struct {
	Against string    // a message, "" where nothing speaks against it
	Ended   time.Time // the day on which the licence was over, or the zero time
	After   time.Time // the last day of waiting, or the zero time
}

// ProposeRelease proposes to let go of all that is held, for a second officer to
// decide. What speaks against it is a Conflict fault.
func (s *Service) ProposeRelease(ctx context.Context, actor identity.Actor, agency uuid.UUID, p Proposer) (uuid.UUID, error) {
	if err := authority.Require(actor, authority.GuaranteePropose, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	var key uuid.UUID
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) (err error) {
		key, err = p.ProposeIn(tx, actor, decision.Proposal{Kind: ReleaseKind, Subject: agency, UnitID: actor.UnitID})
		return err
	})
	switch {
	case postgres.Violates(err, "decisions_once"):
		return uuid.Nil, fault.New(fault.Conflict, "decision.waits_already")
	case err != nil:
		return uuid.Nil, fmt.Errorf("propose a release: %w", err)
	}
	return key, nil
}

// releasable says what speaks against a release today: first what waiting does not cure.
func (s *Service) releasable(tx postgres.Tx, agency uuid.UUID) (Release, []Guarantee, error) {
	var r Release
	left, err := s.standing(tx, agency)
	if err != nil {
		return r, nil, err
	}
	licence, err := licensing.LicenceOf(tx, agency)
	if err != nil {
		return r, nil, err
	}
	claims, err := claimsOf(tx, agency)
	if err != nil {
		return r, nil, err
	}
	open := false
	for _, c := range claims {
		open = open || c.Open()
	}
	book, err := s.Laws.Book(tx)
	if err != nil {
		return r, nil, err
	}
	today := s.Today()
	var over bool
	r.Ended, over = licence.EndedOn(today)
	var span policy.Span
	_, set := book.Read(policy.GuaranteeRelease, today, &span)
	if over && set {
		r.After, set = book.Calendar(today).End(r.Ended, span)
	}
	switch {
	case len(left) == 0:
		r.Against = "guarantee.release.nothing"
	case !over:
		r.Against = "guarantee.release.not_over"
	case !set:
		r.Against = "guarantee.release.not_configured"
	case open:
		r.Against = "guarantee.release.open_claims"
	case !today.After(r.After):
		r.Against = "guarantee.release.wait"
	}
	return r, left, nil
}

// standing lists guarantees of which something is held and whose last day is not gone.
func (s *Service) standing(tx postgres.Tx, agency uuid.UUID) (left []Guarantee, err error) {
	all, err := guaranteesOf(tx, agency)
	for _, g := range all {
		if g.Held.Minor > 0 && !g.Over(s.Today()) {
			left = append(left, g)
		}
	}
	return left, err
}

func (s *Service) mayRelease(tx postgres.Tx, _ identity.Actor, d decision.Decision) error {
	r, _, err := s.releasable(tx, d.Subject)
	if err == nil && r.Against != "" {
		err = fault.New(fault.Conflict, r.Against)
	}
	return err
}

func (s *Service) release(tx postgres.Tx, d decision.Decision) error {
	_, left, err := s.releasable(tx, d.Subject)
	if err != nil {
		return err
	}
	e := entry{ID: id.New(), Agency: d.Subject, Kind: Released, Day: s.Today(), Decision: d.ID, By: d.By.PersonID, At: s.now()}
	var lines []Line
	for _, g := range left {
		lines = append(lines, out(g, LetGo)...)
	}
	if err := insertEntry(tx, e, lines); err != nil {
		return err
	}
	for _, g := range left {
		if err := insertLetter(tx, id.New(), e.ID, g.ID, g.Held.Minor); err != nil {
			return err
		}
	}
	return record(tx, d.By, "released", d.Subject)
}

// out moves all that is held to another account.
func out(g Guarantee, to Account) []Line {
	return []Line{
		{Guarantee: g.ID, Account: Held, Amount: money.Money{Minor: -g.Held.Minor, Currency: g.Held.Currency}},
		{Guarantee: g.ID, Account: to, Amount: g.Held},
	}
}

func (s *Service) releaseFacts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	first, err := ofAgency(tx, d.Subject)
	if err != nil {
		return nil, err
	}
	r, left, err := s.releasable(tx, d.Subject)
	if err != nil {
		return nil, err
	}
	facts := []decision.Fact{first}
	if !r.Ended.IsZero() {
		facts = append(facts, decision.Fact{Key: "guarantee.release.ended", Day: r.Ended})
	}
	if d.State != decision.Waiting {
		return facts, nil
	}
	for _, g := range left {
		facts = append(facts, decision.Fact{Key: "guarantee.held", Text: g.Held.String() + " · " + g.Bank + " · " + g.Reference})
	}
	if r.Against != "" {
		facts = append(facts, decision.Fact{Key: "guarantee.against", Word: r.Against})
	}
	return facts, nil
}
