package licensing

import (
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Service is the use cases. It is safe for concurrent use.
type Service struct {
	db    *postgres.DB
	clock clock.Clock
	home  country.Home
}

// New returns the use cases over db for the country that grants the licences.
func New(db *postgres.DB, clk clock.Clock, home country.Home) *Service {
	return &Service{db: db, clock: clk, home: home}
}

// Today returns the calendar day in the country, at midnight UTC.
func (s *Service) Today() time.Time { return s.home.Today(s.clock.Now()) }
