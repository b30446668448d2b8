package retention

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// shownHolds is how many holds the page lists.
const shownHolds = 200

// Overview is what the oversight body sees of retention.
type Overview struct {
	Rules []Rule
	Holds []Hold
	// Forged counts policies in the database that the portal did not write.
	Forged int
	// ForgedLiftings counts holds that no two people lifted, whatever their rows
	// say.
	ForgedLiftings int
}

// Rule is the policy of one kind, or that there is none.
type Rule struct {
	Kind   Kind
	Policy *Policy // nil is not configured: kept
	Due    *Outlook
	Next   *Policy   // the next whose day has not come, or nil
	Waits  uuid.UUID // the proposal of another that waits, or the zero id
}

// Waiting reports whether a proposal of another waits.
func (r Rule) Waiting() bool { return r.Waits != uuid.Nil }

// Overview reads it. The read is of no case and leaves no entry.
func (s *Service) Overview(ctx context.Context, by identity.Actor) (Overview, error) {
	if err := authority.Require(by, authority.RetentionRead, authority.Object{}); err != nil {
		return Overview{}, err
	}
	var o Overview
	err := s.DB.Read(ctx, by, func(tx postgres.Tx) error {
		if err := s.rulesOf(tx, &o); err != nil {
			return err
		}
		rows, err := findHolds(tx, nil, shownHolds)
		if err != nil {
			return err
		}
		for _, row := range rows {
			o.Holds = append(o.Holds, s.shown(row))
		}
		_, o.ForgedLiftings, err = s.lifted(tx)
		return err
	})
	if err != nil {
		return Overview{}, fmt.Errorf("read retention: %w", err)
	}
	return o, nil
}

func (s *Service) rulesOf(tx postgres.Tx, o *Overview) error {
	policies, next, forged, err := s.rules(tx)
	if err != nil {
		return err
	}
	o.Forged = forged
	outlook, err := findOutlook(tx)
	if err != nil {
		return err
	}
	waiting, err := findWaiting(tx)
	if err != nil {
		return err
	}
	for _, kind := range Kinds() {
		rule := Rule{Kind: kind, Waits: waiting[policySubject(kind)]}
		if p, set := policies[kind]; set {
			rule.Policy = &p
		}
		if p, set := next[kind]; set {
			rule.Next = &p
		}
		for i := range outlook {
			if outlook[i].Kind == kind && rule.Policy != nil {
				rule.Due = &outlook[i]
			}
		}
		o.Rules = append(o.Rules, rule)
	}
	return nil
}

// Agency finds an agency to hold by the last part of its page's address or by
// its licence number. One that is not in the register is an Invalid fault at the
// field "agency".
func (s *Service) Agency(ctx context.Context, by identity.Actor, text string) (found uuid.UUID, err error) {
	if err := authority.Require(by, authority.HoldPlace, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	err = s.DB.Read(ctx, by, func(tx postgres.Tx) error {
		found, err = findAgency(tx, text)
		return err
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("find agency: %w", err)
	}
	if found == uuid.Nil {
		return uuid.Nil, fault.Field("agency", "retention.error.agency")
	}
	return found, nil
}

// Unset lists the kinds of which no policy says how long they are kept.
func (s *Service) Unset(ctx context.Context, by identity.Actor) (kinds []Kind, forged int, err error) {
	policies, forged, err := s.Policies(ctx, by)
	for _, kind := range Kinds() {
		if _, set := policies[kind]; !set {
			kinds = append(kinds, kind)
		}
	}
	return kinds, forged, err
}
