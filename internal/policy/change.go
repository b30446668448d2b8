package policy

import (
	"bytes"
	"context"
	"crypto/sha256"
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

// Change is the kind of decision that sets a law from a day on. The subject
// follows from the key, the unit is the ministry, of which a second licensing
// officer decides.
const Change decision.Kind = "policy.change"

// Rules are how it is decided.
func (s *Service) Rules() []decision.Rule {
	return []decision.Rule{{
		Kind: Change, Propose: authority.PolicyPropose, Approve: authority.PolicyApprove,
		Check: s.may, Effect: s.change, Facts: s.facts,
	}}
}

// Proposer writes proposals down.
type Proposer interface {
	Propose(ctx context.Context, by identity.Actor, p decision.Proposal) (uuid.UUID, error)
}

// Ask proposes an entry. Mistakes are Problems at the law's fields, "from" and
// "source"; while another proposal about the key waits, it is a Conflict fault.
func (s *Service) Ask(ctx context.Context, by identity.Actor, e Entry, p Proposer) (uuid.UUID, error) {
	e, err := e.check()
	if err != nil {
		return uuid.Nil, err
	}
	key, err := p.Propose(ctx, by, decision.Proposal{
		Kind: Change, Subject: subject(e.Key), UnitID: by.UnitID,
		Detail: entryJSON{Key: e.Key, Value: e.Value, From: e.From.Format(time.DateOnly), Source: e.Source},
	})
	if postgres.Violates(err, "decisions_one_waits") {
		return uuid.Nil, fault.New(fault.Conflict, "policy.error.waits")
	}
	return key, err
}

// subject stands for a key, as the database's function policy_subject has it.
func subject(key Key) uuid.UUID {
	sum := sha256.Sum256([]byte(key))
	return uuid.UUID(sum[:16])
}

func proposed(d decision.Decision) (Entry, error) {
	var detail entryJSON
	if err := json.Unmarshal(d.Detail, &detail); err != nil {
		return Entry{}, fmt.Errorf("read the proposal: %w", err)
	}
	e, err := detail.entry()
	e.Decision = d.ID
	return e, err
}

// may is asked when it is proposed, and when it is approved.
func (s *Service) may(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
	e, err := proposed(d)
	if err != nil {
		return err
	}
	if e, err = e.check(); err != nil {
		return err
	}
	if d.Subject != subject(e.Key) || d.UnitID != d.ProposedUnit {
		return fault.New(fault.Conflict, "problem.conflict")
	}
	// What was decided under a rule stays under it, so none begins in the past;
	// whoever approves may come later than its day.
	if by.PersonID == d.ProposedBy && e.From.Before(s.Today()) {
		return fault.Field("from", "policy.error.past")
	}
	there, err := exists(tx, e)
	switch {
	case err != nil:
		return err
	case there && by.PersonID != d.ProposedBy:
		return fault.New(fault.Conflict, "policy.error.same_day")
	case there:
		return fault.Field("from", "policy.error.same_day")
	}
	return nil
}

func (s *Service) change(tx postgres.Tx, d decision.Decision) error {
	e, err := proposed(d)
	if err != nil {
		return err
	}
	return s.write(tx, d.By, e)
}

// facts say what would hold, and what holds today.
func (s *Service) facts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	e, err := proposed(d)
	if err != nil {
		return nil, err
	}
	b, err := s.Book(tx)
	if err != nil {
		return nil, err
	}
	facts := []decision.Fact{{Key: "policy.fact.law", Word: "policy.law." + string(e.Key)}}
	facts = append(facts, factsOf(e)...)
	facts = append(facts, decision.Fact{Key: "policy.fact.from", Day: e.From}, decision.Fact{Key: "policy.fact.source", Text: e.Source})
	now, set := b.On(e.Key, s.Today())
	switch {
	case !set:
		facts = append(facts, decision.Fact{Key: "policy.fact.now", Word: "policy.unset"})
	case d.State == decision.Waiting && !bytes.Equal(now.Value, e.Value):
		facts = append(facts, decision.Fact{Key: "policy.fact.now", Day: now.From})
		facts = append(facts, factsOf(now)...)
	}
	return facts, nil
}

// factsOf writes each part of a value on a line of its own.
func factsOf(e Entry) (facts []decision.Fact) {
	for _, p := range e.Parts() {
		label := "policy.field." + p.Field.Name + ".label"
		switch p.Field.Type {
		case Codes:
			for _, code := range p.List {
				facts = append(facts, decision.Fact{Key: label, Word: "policy.choice." + code})
			}
		case Choice:
			facts = append(facts, decision.Fact{Key: label, Word: "policy.choice." + p.Text})
		case CountryList:
			facts = append(facts, decision.Fact{Key: label, Text: strings.Join(p.List, ", ")})
		case Rows:
			for _, row := range p.Rows {
				facts = append(facts, decision.Fact{Key: label, Text: line(row)})
			}
		default:
			facts = append(facts, decision.Fact{Key: label, Text: p.Plain()})
		}
	}
	return facts
}
