package register

import (
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Service is the register as the public reads it. It is safe for concurrent
// use.
type Service struct {
	db    *postgres.DB
	clock clock.Clock
	home  country.Home
}

// New returns the register in db as the country home shows it.
func New(db *postgres.DB, clk clock.Clock, home country.Home) *Service {
	return &Service{db: db, clock: clk, home: home}
}

func (s *Service) today() time.Time { return s.home.Today(s.clock.Now()) }

// regions are the countries in which a phone without a country code is read:
// at home first, then where the register's agencies and employers are.
func (s *Service) regions() []string {
	return []string{s.home.Code, "HK", "TH", "MY", "SG", "VN", "KH"}
}
