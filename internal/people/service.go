package people

import (
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Deps of a Service.
type Deps struct {
	DB     *postgres.DB
	Clock  clock.Clock
	People *identity.People
	// Decisions must know the kinds of Rules.
	Decisions *decision.Service
}

// Service holds the use cases. It is safe for concurrent use.
type Service struct{ deps Deps }

// New returns the use cases over deps.
func New(deps Deps) *Service { return &Service{deps: deps} }

// Role is what somebody does in a unit.
type Role struct {
	PersonID uuid.UUID
	Person   string // name
	UnitID   uuid.UUID
	Unit     map[string]string // language → name
	UnitKind identity.UnitKind
	Role     identity.Role
}

func errNotFound() error { return fault.New(fault.NotFound, "problem.not_found") }
