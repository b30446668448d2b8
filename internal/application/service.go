package application

import (
	"context"
	"time"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// Deps of a Service.
type Deps struct {
	DB       *postgres.DB
	Clock    clock.Clock
	Home     country.Home
	Laws     Laws
	Hasher   matching.Keyed
	Licences *licensing.Service
	Agencies *agency.Service
}

// Laws is the law as the portal knows it.
type Laws interface {
	Book(tx postgres.Tx) (policy.Book, error)
}

// Proposer writes down what a second person decides.
type Proposer interface {
	ProposeIn(tx postgres.Tx, by identity.Actor, p decision.Proposal) (uuid.UUID, error)
}

// Service is the use cases. It is safe for concurrent use.
type Service struct{ Deps }

// New returns the use cases over deps.
func New(deps Deps) *Service { return &Service{deps} }

// Today returns the calendar day in the country, at midnight UTC.
func (s *Service) Today() time.Time { return s.Home.Today(s.Clock.Now()) }

// Now is as exact as the record keeps it.
func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) read(ctx context.Context, actor identity.Actor, fn func(tx postgres.Tx) error) error {
	return s.DB.Read(ctx, actor, fn)
}

func errNotFound() error { return fault.New(fault.NotFound, "problem.not_found") }
