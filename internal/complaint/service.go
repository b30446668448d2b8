package complaint

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// AgencyFinder answers whether exactly one agency of the register bears the
// name as typed, legal forms and spelling of the script aside.
type AgencyFinder interface {
	ExactlyNamed(ctx context.Context, name string) (id uuid.UUID, one bool, err error)
}

// PlacementFinder answers whether the agency registered a placement of somebody
// with one of these phones.
type PlacementFinder interface {
	PlacedByPhone(ctx context.Context, agency uuid.UUID, phones []matching.Token) (bool, error)
}

// DeskKeys are the keys of desks. Public gives where to address envelopes for a
// unit, and an Unavailable fault where it has no key; Refresh makes it look
// again. Unlock opens the key of the holder's own desk in the holder's request.
type DeskKeys interface {
	Public(ctx context.Context, unit string) (seal.Recipient, error)
	Refresh()
	Unlock(ctx context.Context, by identity.Holder, keyID string) (seal.Desk, error)
}

// ShredKeys is the store of the keys that an item needs beside its data key.
// Secret gives shred.ErrDestroyed for an item that nobody shall ever read again.
type ShredKeys interface {
	Take(n int) ([]shred.Key, error)
	Secret(slot int64) ([shred.Size]byte, error)
}

// Dependencies of a Service; all but Step are needed.
type Dependencies struct {
	DB       *postgres.DB
	Clock    clock.Clock
	Keys     *seal.Ring // the portal's secrets
	Desks    DeskKeys
	Shred    ShredKeys
	Sessions *identity.Sessions
	// People tells genuine memberships from those that somebody wrote past the portal.
	People     *identity.People
	Agencies   AgencyFinder
	Placements PlacementFinder
	// Hasher holds the matching key, or asks who holds it.
	Hasher matching.Keyed
	// Regions, ISO 3166-1 alpha-2, in which phones without a country code are
	// read, home first.
	Regions []string
	// Step is called between two steps, for tests that stop a process there; nil
	// does nothing.
	Step func(name string)
}

// Service does what can be done with complaints. It is safe for concurrent use.
type Service struct{ Dependencies }

// NewService checks that nothing is missing.
func NewService(d Dependencies) (*Service, error) {
	if d.DB == nil || d.Clock == nil || d.Keys == nil || d.Desks == nil || d.Shred == nil || d.Sessions == nil || d.People == nil || d.Agencies == nil || d.Placements == nil || d.Hasher == nil || len(d.Regions) == 0 {
		return nil, errors.New("complaint service: a dependency is missing")
	}
	if d.Step == nil {
		d.Step = func(string) {}
	}
	return &Service{d}, nil
}

// lookup hashes a receipt or a nonce for finding it again: the stored value
// neither tells nor opens anything.
func (s *Service) lookup(purpose, secret string) []byte {
	mac := hmac.New(sha256.New, s.Keys.Secret(seal.SecretReceipt))
	mac.Write([]byte(purpose + "\x00" + secret))
	return mac.Sum(nil)
}
