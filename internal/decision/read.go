package decision

import (
	"context"
	"fmt"
	"slices"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// PageSize is how many decisions one page lists.
const PageSize = 50

// View says which decisions are wanted.
type View string

// The views.
const (
	ViewWaiting View = "waiting" // for the actor or their unit
	ViewMine    View = "mine"    // proposed or decided by the actor
	ViewDecided View = "decided" // no longer waiting
)

// Filter narrows the list. The zero value lists everything, first page.
type Filter struct {
	View View
	Kind Kind
	Page int // from 0
}

// Line is one decision of the list.
type Line struct {
	Decision
	Proposer     string // the person's name
	ProposerUnit map[string]string
	Decider      string // "" while it waits
	Unit         map[string]string
	UnitKind     identity.UnitKind
	// MayDecide says that the actor is one of those it waits for.
	MayDecide bool
	// Own says that the actor proposed it.
	Own bool
	// Missing are the roles of which the unit has nobody who could decide; one of
	// them would do. Empty while somebody can.
	Missing []identity.Role
}

// Page is a decision with what it is about.
type Page struct {
	Line
	Facts []Fact
}

// List returns one page of what the actor's unit proposed or decides: what waits
// first, longest first, then the latest verdicts. more tells that another page
// follows.
func (s *Service) List(ctx context.Context, by identity.Actor, f Filter) (lines []Line, more bool, err error) {
	if err := authority.Require(by, authority.DecisionList, authority.Object{UnitID: by.UnitID}); err != nil {
		return nil, false, err
	}
	err = s.db.Read(ctx, by, func(tx postgres.Tx) error {
		if lines, err = list(tx, by, f); err != nil {
			return err
		}
		if len(lines) > PageSize {
			lines, more = lines[:PageSize], true
		}
		return s.complete(tx, by, lines)
	})
	if err != nil {
		return nil, false, fmt.Errorf("list decisions: %w", err)
	}
	return lines, more, nil
}

// Get returns one decision. One that concerns another unit is not there.
func (s *Service) Get(ctx context.Context, by identity.Actor, key uuid.UUID) (p Page, err error) {
	err = s.db.Read(ctx, by, func(tx postgres.Tx) error {
		line, err := get(tx, key)
		if err != nil {
			return err
		}
		if err := authority.Require(by, authority.DecisionRead, line.object()); err != nil {
			return err
		}
		lines := []Line{line}
		if err := s.complete(tx, by, lines); err != nil {
			return err
		}
		p.Line = lines[0]
		if rule := s.rules[p.Kind]; rule.Facts != nil {
			p.Facts, err = rule.Facts(tx, p.Decision)
		}
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("open decision: %w", err)
	}
	return p, nil
}

// complete says of each line whose turn it is.
func (s *Service) complete(tx postgres.Tx, by identity.Actor, lines []Line) error {
	members := map[uuid.UUID][]identity.Member{}
	for i := range lines {
		l := &lines[i]
		l.Own = l.ProposedBy == by.PersonID
		rule, known := s.rules[l.Kind]
		if l.State != Waiting || !known {
			continue
		}
		l.MayDecide = mayDecide(by, rule, l.Decision) == nil
		if _, asked := members[l.UnitID]; !asked {
			all, err := s.people.Members(tx, l.UnitID)
			if err != nil {
				return err
			}
			members[l.UnitID] = all
		}
		l.Missing = missing(rule, *l, members[l.UnitID])
	}
	return nil
}

// missing asks of each member of the deciding unit what deciding itself asks.
func missing(rule Rule, l Line, members []identity.Member) []identity.Role {
	roles := authority.RolesIn(rule.Approve, l.UnitKind)
	for _, m := range members {
		if m.PersonID == l.ProposedBy || rule.NotSubject && m.PersonID == l.Subject {
			continue
		}
		if slices.ContainsFunc(m.Roles, func(r identity.Role) bool { return slices.Contains(roles, r) }) {
			return nil
		}
	}
	return roles
}
