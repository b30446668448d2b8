package guarantee

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// Laws is the law as the portal knows it.
type Laws interface {
	Book(tx postgres.Tx) (policy.Book, error)
}

// Proposer writes down what a second person decides.
type Proposer interface {
	ProposeIn(tx postgres.Tx, by identity.Actor, p decision.Proposal) (uuid.UUID, error)
}

// Deps of the service.
type Deps struct {
	DB    *postgres.DB
	Clock clock.Clock
	Home  country.Home
	Laws  Laws
}

// Service is the use cases. It is safe for concurrent use.
type Service struct{ Deps }

// New returns the use cases.
func New(d Deps) *Service { return &Service{d} }

// Today returns the calendar day in the country, at midnight UTC.
func (s *Service) Today() time.Time { return s.Home.Today(s.Clock.Now()) }

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }

func record(tx postgres.Tx, by identity.Actor, deed string, agency uuid.UUID) error {
	return audit.Record(tx, audit.Entry{Actor: by, Action: "guarantee." + deed, ObjectKind: "agency", ObjectID: agency})
}

// Longest texts, in characters.
const (
	maxBank      = 200
	maxReference = 100
	maxAward     = 200
)

// text returns a text as it is kept, and a code where it is too long or missing.
func text(value string, longest int) (kept, code string) {
	kept = strings.Join(strings.Fields(value), " ")
	switch n := utf8.RuneCountInString(kept); {
	case n == 0:
		return kept, "form.required"
	case n > longest:
		return kept, "guarantee.error.long"
	}
	return kept, ""
}
