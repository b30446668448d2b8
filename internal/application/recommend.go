package application

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Recommendation is what one officer wants a second to decide.
type Recommendation struct {
	Grant  bool
	Reason string
	// What follows is of a grant alone; of a change it is the scope.
	Number      string
	From, Until time.Time // the first and the last day, at midnight UTC
	Scope       []licensing.ScopeLine
}

// The kinds of decision. The subject is the application, the unit the ministry, of
// which a second licensing officer decides.
const (
	GrantKind  decision.Kind = "application.grant"
	RefuseKind decision.Kind = "application.refuse"
)

// Recommend proposes to grant or to refuse, and returns the decision that waits.
// Mistakes are faults at the fields reason, number, valid_from, valid_until, scope
// and decision.
func (s *Service) Recommend(ctx context.Context, actor identity.Actor, application uuid.UUID, r Recommendation, p Proposer) (uuid.UUID, error) {
	if err := authority.Require(actor, authority.ApplicationRecommend, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	if err := r.check(); err != nil {
		return uuid.Nil, err
	}
	proposal := decision.Proposal{ID: id.New(), Kind: RefuseKind, Subject: application, UnitID: actor.UnitID}
	if r.Grant {
		proposal.Kind = GrantKind
	}
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		h, err := hold(tx, application)
		if err != nil {
			return err
		}
		if err := s.openFor(tx, actor, h); err != nil {
			return err
		}
		proposal.Detail = roundJSON{h.Round}
		if r.Grant {
			answers, err := version(tx, h.ID, h.Round)
			if err != nil {
				return err
			}
			if !asked(answers, r.Scope) {
				return fault.Field("scope", "licensing.scope_not_asked")
			}
			if err := s.Licences.MayGrant(tx, order(h, &r)); err != nil {
				return err
			}
		}
		if _, err := p.ProposeIn(tx, actor, proposal); err != nil {
			return err
		}
		return insertRecommendation(tx, proposal.ID, h, r, actor, s.now())
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("recommend: %w", err)
	}
	return proposal.ID, nil
}

// asked reports whether all of the scope was applied for: an officer can grant
// less, and nothing else.
func asked(d dossier.Dossier, scope []licensing.ScopeLine) bool {
	works := d.One(dossier.Scope).List("occupations")
	if len(works) == 0 {
		works = []string{""}
	}
	return !slices.ContainsFunc(scope, func(l licensing.ScopeLine) bool {
		return !slices.Contains(d.One(dossier.Scope).List("destinations"), l.Destination) ||
			!slices.ContainsFunc(works, func(work string) bool { return strings.HasPrefix(l.Occupation, work) })
	})
}

// roundJSON is the detail of the decision: what was recommended is read with it.
type roundJSON struct {
	Round int `json:"round"`
}

func (r *Recommendation) check() error {
	r.Reason = strings.TrimSpace(r.Reason)
	r.Number = strings.ToUpper(strings.TrimSpace(r.Number))
	switch {
	case r.Reason == "":
		return fault.Field("reason", "licensing.reason_required")
	case utf8.RuneCountInString(r.Reason) > maxText:
		return fault.Field("reason", "licensing.too_long")
	}
	return nil
}

// order is what is granted if the recommendation is followed.
func order(h held, r *Recommendation) licensing.Order {
	o := licensing.Order{Agency: h.AgencyID, Application: h.ID, Scope: r.Scope}
	if h.Kind != Change {
		o.Number, o.Period = r.Number, licensing.Period{From: r.From, Until: r.Until}
	}
	return o
}
