package document

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/blob"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/upload"
	"github.com/google/uuid"
)

// Blobs keep sealed bytes under random names.
type Blobs interface {
	Put(data []byte) (name string, err error)
	Get(name string) (blob.Blob, error)
	Delete(name string) error
	OlderThan(before time.Time, do func(names []string) error) error
}

// Shreds is the store of shred keys.
type Shreds interface {
	Take(n int) ([]shred.Key, error)
	Secret(slot int64) ([shred.Size]byte, error)
	Destroy(slots ...int64) error
}

// Desks gives where to address envelopes for a unit, and an Unavailable fault
// where it has no key.
type Desks interface {
	Public(ctx context.Context, unit string) (seal.Recipient, error)
	Refresh()
}

// Holds says whether a legal hold covers an agency, and lets none be placed until
// the transaction ends.
type Holds interface {
	HoldsAgency(tx postgres.Tx, agency uuid.UUID) (bool, error)
}

// Laws is the law as the portal knows it.
type Laws interface {
	Book(tx postgres.Tx) (policy.Book, error)
}

// Taker makes of a file what others may look at.
type Taker interface {
	Take(ctx context.Context, claim upload.Claim, data []byte) (upload.Result, error)
}

// Deps of a Service; all but Owners are needed.
type Deps struct {
	DB     *postgres.DB
	Clock  clock.Clock
	Home   country.Home
	Files  Taker
	Blobs  Blobs
	Shred  Shreds
	Keys   *seal.Ring
	Desks  Desks
	People *identity.People
	Holds  Holds
	Laws   Laws
	Log    *slog.Logger
	// Owners of each kind but the agency, which is this package's own.
	Owners map[OwnerKind]Owners
}

// Service does what can be done with documents. It is safe for concurrent use.
type Service struct {
	Deps

	box  *seal.Box
	pins seal.Pins
}

// New checks that nothing is missing.
func New(d Deps) (*Service, error) {
	if d.DB == nil || d.Clock == nil || d.Files == nil || d.Blobs == nil || d.Shred == nil || d.Keys == nil || d.Desks == nil || d.People == nil || d.Holds == nil || d.Laws == nil || d.Log == nil {
		return nil, errors.New("document service: a dependency is missing")
	}
	box, err := seal.NewBox(d.Keys.Secret(seal.SecretFiles), "documents")
	if err != nil {
		return nil, err
	}
	return &Service{Deps: d, box: box, pins: d.Keys.Pins()}, nil
}

// Today returns the calendar day in the country, at midnight UTC.
func (s *Service) Today() time.Time { return s.Home.Today(s.Clock.Now()) }

// now is as exact as the record keeps it: pins bind it.
func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }

// standing asks the owner's subject. An owner whose subject is not wired is one
// that does not exist.
func (s *Service) standing(tx postgres.Tx, by identity.Actor, o Owner) (Standing, error) {
	owners := s.Owners[o.Kind]
	if o.Kind == OfAgency {
		owners = agencyOwners{}
	}
	if owners == nil {
		return Standing{}, errNotFound()
	}
	return owners.Standing(tx, by, o.ID)
}

func errNotFound() error { return fault.New(fault.NotFound, "problem.not_found") }

func errClosed() error { return fault.New(fault.Conflict, "document.error.closed") }
