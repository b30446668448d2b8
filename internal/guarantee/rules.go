package guarantee

import (
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// The kinds of decision. The subject is the agency, the unit the ministry, of which a
// second licensing officer decides.
const (
	PostKind    decision.Kind = "guarantee.post"
	CallKind    decision.Kind = "guarantee.call"
	ReleaseKind decision.Kind = "guarantee.release"
)

// Rules are how it is decided.
func (s *Service) Rules() []decision.Rule {
	rule := func(kind decision.Kind, check func(postgres.Tx, identity.Actor, decision.Decision) error,
		effect func(postgres.Tx, decision.Decision) error, facts func(postgres.Tx, decision.Decision) ([]decision.Fact, error),
	) decision.Rule {
		return decision.Rule{
			Kind: kind, Propose: authority.GuaranteePropose, Approve: authority.GuaranteeDecide, Effect: effect, Facts: facts,
			Check: func(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
				if d.UnitID != d.ProposedUnit {
					return fault.New(fault.Conflict, "problem.conflict")
				}
				// What it is judged by stays until it is done.
				if err := lockAgency(tx, d.Subject); err != nil {
					return err
				}
				return check(tx, by, d)
			},
		}
	}
	return []decision.Rule{
		rule(PostKind, s.mayPost, s.post, s.postFacts),
		rule(CallKind, s.mayCall, s.call, s.callFacts),
		rule(ReleaseKind, s.mayRelease, s.release, s.releaseFacts),
	}
}

// ofAgency is the first fact of every decision.
func ofAgency(tx postgres.Tx, agency uuid.UUID) (decision.Fact, error) {
	latin, local, err := licensing.NamesOf(tx, agency)
	name := latin + " · " + local
	if latin == "" || local == "" {
		name = latin + local
	}
	return decision.Fact{Key: "licensing.fact.agency", Text: name}, err
}
