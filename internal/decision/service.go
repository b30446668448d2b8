package decision

import (
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Service holds the use cases. It is safe for concurrent use.
type Service struct {
	db     *postgres.DB
	clock  clock.Clock
	people *identity.People
	rules  map[Kind]Rule
}

// NewService returns the use cases over these kinds. A kind without an effect or
// a known policy, or named twice, is an error of the wiring.
func NewService(db *postgres.DB, clk clock.Clock, people *identity.People, rules ...Rule) (*Service, error) {
	s := &Service{db: db, clock: clk, people: people, rules: map[Kind]Rule{}}
	known := authority.Actions()
	for _, r := range rules {
		if _, twice := s.rules[r.Kind]; twice || r.Effect == nil || !slices.Contains(known, r.Propose) || !slices.Contains(known, r.Approve) {
			return nil, fmt.Errorf("the rule of the decision %q is not whole", r.Kind)
		}
		s.rules[r.Kind] = r
	}
	return s, nil
}

// Kinds lists what can be decided.
func (s *Service) Kinds() []Kind {
	all := make([]Kind, 0, len(s.rules))
	for k := range s.rules {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// now is as exact as the record keeps it: a signature is over what is read back.
func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

func errNotFound() error { return fault.New(fault.NotFound, "problem.not_found") }
