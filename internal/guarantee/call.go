package guarantee

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// MaxClaims is how many claims one call takes: as many as the detail of a decision holds.
const MaxClaims = 80

// callJSON is the detail of the decision.
type callJSON struct {
	Claims []uuid.UUID `json:"claims"`
}

// Call proposes to call on the guarantee for claims, for a second officer to decide.
// What speaks against it is a fault at the field claims.
func (s *Service) Call(ctx context.Context, actor identity.Actor, agency uuid.UUID, claims []uuid.UUID, p Proposer) (uuid.UUID, error) {
	if err := authority.Require(actor, authority.GuaranteePropose, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	claims = slices.Clone(claims)
	slices.SortFunc(claims, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	claims = slices.Compact(claims)
	switch {
	case len(claims) == 0:
		return uuid.Nil, fault.Field("claims", "guarantee.error.claims")
	case len(claims) > MaxClaims:
		return uuid.Nil, fault.Field("claims", "guarantee.error.many")
	}
	var key uuid.UUID
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) (err error) {
		key, err = p.ProposeIn(tx, actor, decision.Proposal{Kind: CallKind, Subject: agency, UnitID: actor.UnitID, Detail: callJSON{claims}})
		return err
	})
	switch {
	case postgres.Violates(err, "decisions_once"):
		return uuid.Nil, fault.New(fault.Conflict, "decision.waits_already")
	case err != nil:
		return uuid.Nil, fmt.Errorf("propose a call: %w", err)
	}
	return key, nil
}

// draw is a call worked out: what each claim gets of what is held now.
type draw struct {
	claims     []Claim
	shares     []int64
	guarantees []Guarantee // in force, those that end first
	held       money.Money
}

func (d draw) total() money.Money {
	sum := money.Money{Currency: d.held.Currency}
	for _, s := range d.shares {
		sum.Minor += s
	}
	return sum
}

// draw works a call out. What speaks against it is a fault at the field claims.
func (s *Service) draw(tx postgres.Tx, d decision.Decision) (draw, error) {
	var detail callJSON
	if err := json.Unmarshal(d.Detail, &detail); err != nil {
		return draw{}, fmt.Errorf("read the call: %w", err)
	}
	claims, err := claimsOf(tx, d.Subject)
	if err != nil {
		return draw{}, err
	}
	var w draw
	var amounts []int64
	for _, c := range claims { // by number
		if slices.Contains(detail.Claims, c.ID) {
			w.claims, amounts = append(w.claims, c), append(amounts, c.Left().Minor)
		}
	}
	today := s.Today()
	switch {
	case len(w.claims) == 0 || len(w.claims) != len(detail.Claims):
		return w, fault.Field("claims", "guarantee.error.claims")
	case slices.ContainsFunc(w.claims, func(c Claim) bool { return !c.Callable(today) }):
		return w, fault.Field("claims", "guarantee.error.callable")
	case slices.ContainsFunc(w.claims, func(c Claim) bool { return c.Amount.Currency != w.claims[0].Amount.Currency }):
		return w, fault.Field("claims", "guarantee.error.currencies")
	}
	w.held.Currency = w.claims[0].Amount.Currency
	all, err := guaranteesOf(tx, d.Subject)
	if err != nil {
		return w, err
	}
	for _, g := range all {
		if g.Held.Currency == w.held.Currency && g.Held.Minor > 0 && g.InForce(today) {
			w.guarantees = append(w.guarantees, g)
			w.held.Minor += g.Held.Minor
		}
	}
	if w.held.Minor == 0 {
		return w, fault.Field("claims", "guarantee.error.nothing")
	}
	w.shares = Shares(w.held.Minor, amounts)
	return w, nil
}

// lines takes each share from the guarantees in turn.
func (d draw) lines() (lines []Line, taken []int64) {
	taken = make([]int64, len(d.guarantees))
	at := 0
	for i, share := range d.shares {
		for share > 0 {
			g := d.guarantees[at]
			part := min(share, g.Held.Minor-taken[at])
			if part == 0 {
				at++
				continue
			}
			amount := money.Money{Minor: part, Currency: d.held.Currency}
			lines = append(lines, Line{Guarantee: g.ID, Account: Held, Amount: money.Money{Minor: -part, Currency: d.held.Currency}},
				Line{Guarantee: g.ID, Account: Reserved, Amount: amount, Claim: d.claims[i].ID})
			taken[at] += part
			share -= part
		}
	}
	return lines, taken
}

func (s *Service) mayCall(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
	_, err := s.draw(tx, d)
	return asConflict(err, "claims", by, d)
}

// asConflict makes a fault at a field, which whoever proposes is shown there, one that
// whoever approves is shown.
func asConflict(err error, field string, by identity.Actor, d decision.Decision) error {
	if code := fault.FieldsOf(err)[field]; code != "" && by.PersonID != d.ProposedBy {
		return fault.New(fault.Conflict, code)
	}
	return err
}

// call takes out what is called, makes the letters, and sets the day by which it has
// to be put back.
func (s *Service) call(tx postgres.Tx, d decision.Decision) error {
	w, err := s.draw(tx, d)
	if err != nil {
		return err
	}
	e := entry{ID: id.New(), Agency: d.Subject, Kind: Called, Day: s.Today(), Decision: d.ID, By: d.By.PersonID, At: s.now()}
	lines, taken := w.lines()
	if err := insertEntry(tx, e, lines); err != nil {
		return err
	}
	for i, g := range w.guarantees {
		if taken[i] == 0 {
			continue
		}
		if err := insertLetter(tx, id.New(), e.ID, g.ID, taken[i]); err != nil {
			return err
		}
	}
	due, err := s.topUpBy(tx)
	if err != nil {
		return err
	}
	if err := insertTopUp(tx, e.ID, d.Subject, w.total(), due); err != nil {
		return err
	}
	return record(tx, d.By, "called", d.Subject)
}

// topUpBy is the last day to put back what is called today, the zero time where the
// law or the calendar is not configured.
func (s *Service) topUpBy(tx postgres.Tx) (time.Time, error) {
	book, err := s.Laws.Book(tx)
	if err != nil {
		return time.Time{}, err
	}
	var span policy.Span
	if _, set := book.Read(policy.GuaranteeTopUp, s.Today(), &span); !set {
		return time.Time{}, nil
	}
	day, _ := book.Calendar(s.Today()).End(s.Today(), span)
	return day, nil
}

// callFacts say what each claim would get of what is held now.
func (s *Service) callFacts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	first, err := ofAgency(tx, d.Subject)
	if err != nil {
		return nil, err
	}
	facts := []decision.Fact{first}
	w, err := s.draw(tx, d)
	for _, c := range w.claims {
		facts = append(facts, decision.Fact{Key: "guarantee.claim", Text: strconv.FormatInt(c.Number, 10) + ": " + c.Reference + ", " + c.Amount.String()})
	}
	if code := fault.FieldsOf(err)["claims"]; code != "" {
		if d.State == decision.Waiting {
			facts = append(facts, decision.Fact{Key: "guarantee.against", Word: code})
		}
		return facts, nil
	}
	if err != nil || d.State != decision.Waiting {
		return facts, err
	}
	facts = append(facts, decision.Fact{Key: "guarantee.held", Text: w.held.String()}, decision.Fact{Key: "guarantee.called", Text: w.total().String()})
	for i, c := range w.claims {
		share := money.Money{Minor: w.shares[i], Currency: w.held.Currency}
		facts = append(facts, decision.Fact{Key: "guarantee.share", Text: strconv.FormatInt(c.Number, 10) + ": " + share.String()})
	}
	return facts, nil
}
