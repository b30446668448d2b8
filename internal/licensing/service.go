package licensing

import (
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
)

// Service is the use cases. It is safe for concurrent use.
type Service struct {
	db    *postgres.DB
	clock clock.Clock
	home  country.Home
	laws  Laws
}

// Laws is the law as the portal knows it.
type Laws interface {
	Book(tx postgres.Tx) (policy.Book, error)
}

// New returns the use cases over db for the country that grants the licences.
func New(db *postgres.DB, clk clock.Clock, home country.Home, laws Laws) *Service {
	return &Service{db: db, clock: clk, home: home, laws: laws}
}

// Today returns the calendar day in the country, at midnight UTC.
func (s *Service) Today() time.Time { return s.home.Today(s.clock.Now()) }
