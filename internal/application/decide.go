package application

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Rules are how applications are decided.
func (s *Service) Rules() []decision.Rule {
	rule := func(kind decision.Kind, effect func(tx postgres.Tx, d decision.Decision) error) decision.Rule {
		return decision.Rule{
			Kind: kind, Propose: authority.ApplicationRecommend, Approve: authority.ApplicationDecide,
			Check: s.may, Effect: effect, Facts: s.facts,
		}
	}
	return []decision.Rule{rule(GrantKind, s.grant), rule(RefuseKind, s.refuse)}
}

// may is asked when it is recommended, and when it is approved.
func (s *Service) may(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
	h, err := hold(tx, d.Subject)
	if err != nil {
		return err
	}
	var detail roundJSON
	if err := json.Unmarshal(d.Detail, &detail); err != nil {
		return fmt.Errorf("read the recommendation: %w", err)
	}
	switch {
	case h.Status != Filed || h.Round != detail.Round:
		return fault.New(fault.Conflict, "licensing.already_decided")
	case h.FiledBy == by.PersonID || h.FiledBy == d.ProposedBy:
		return fault.New(fault.Forbidden, "licensing.own_application")
	case d.UnitID != d.ProposedUnit:
		return fault.New(fault.Conflict, "problem.conflict")
	case d.Kind != GrantKind || by.PersonID == d.ProposedBy:
		return nil
	}
	// Nobody is granted anything before the check has run, nor before whoever it
	// sends the file to has looked.
	fit, err := fitness.Of(tx, h.ID, h.Round)
	if err != nil {
		return err
	}
	return fit.MayGrant()
}

func (s *Service) grant(tx postgres.Tx, d decision.Decision) error {
	h, r, err := s.recommended(tx, d)
	if err != nil {
		return err
	}
	// The decision first: the agency's row is held second, as whoever files does.
	if err := decide(tx, h.ID, Granted, d, r.Reason, s.now()); err != nil {
		return err
	}
	if err := s.Licences.Grant(tx, d.By, order(h, &r)); err != nil {
		return err
	}
	answers, err := version(tx, h.ID, h.Round)
	if err != nil {
		return err
	}
	if err := s.describe(tx, h, answers); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: d.By, Action: "application.granted", ObjectKind: "application", ObjectID: h.ID})
}

func (s *Service) refuse(tx postgres.Tx, d decision.Decision) error {
	h, r, err := s.recommended(tx, d)
	if err != nil {
		return err
	}
	if err := decide(tx, h.ID, Refused, d, r.Reason, s.now()); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: d.By, Action: "application.refused", ObjectKind: "application", ObjectID: h.ID})
}

func (s *Service) recommended(tx postgres.Tx, d decision.Decision) (held, Recommendation, error) {
	h, err := hold(tx, d.Subject)
	if err != nil {
		return held{}, Recommendation{}, err
	}
	r, err := recommendation(tx, d.ID)
	return h, r, err
}

// facts say what would be decided.
func (s *Service) facts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	p, err := findPaper(tx, d.Subject)
	if err != nil {
		return nil, err
	}
	r, err := recommendation(tx, d.ID)
	if err != nil {
		return nil, err
	}
	facts := []decision.Fact{
		{Key: "licensing.fact.agency", Text: strings.TrimSpace(p.NameLatin + " " + p.NameLocal)},
		{Key: "licensing.fact.kind", Word: "licensing.kind." + string(p.Kind)},
		{Key: "licensing.fact.reason", Text: r.Reason},
	}
	if !r.Grant {
		return facts, nil
	}
	if r.Number != "" {
		facts = append(facts, decision.Fact{Key: "licensing.fact.number", Text: r.Number})
	}
	if !r.From.IsZero() {
		facts = append(facts, decision.Fact{Key: "licensing.fact.from", Day: r.From}, decision.Fact{Key: "licensing.fact.until", Day: r.Until})
	}
	for _, line := range r.Scope {
		facts = append(facts, decision.Fact{Key: "licensing.fact.scope", Place: line.Destination, Work: line.Occupation})
	}
	return facts, nil
}
