package desk

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Lifetime is how long a key is current: a year.
const Lifetime = 365 * 24 * time.Hour

// NotAdmitted is the code of the fault that tells somebody that a colleague has
// to admit their key first.
const NotAdmitted = "desk.not_admitted"

// ErrForged says that a row about a desk's key was not written by the portal.
var ErrForged = errors.New("a desk's key is not genuine: somebody changed the database")

// Reason says why a key was replaced.
type Reason string

// The reasons.
const (
	Yearly    Reason = "yearly"
	Leave     Reason = "leave" // a member left
	Asked     Reason = "asked" // a member wanted it
	Recovered Reason = "recover"
)

// Deps of a Service; all are needed.
type Deps struct {
	DB     *postgres.DB
	Clock  clock.Clock
	People *identity.People
	Pins   seal.Pins
}

// Service holds the use cases. It is safe for concurrent use.
type Service struct {
	deps Deps
	book book
}

// New returns the use cases.
func New(d Deps) *Service { return &Service{deps: d} }

// member is somebody whose own key a desk's key may be wrapped to.
type member struct {
	identity.Member
	role identity.Role
}

// eligible lists the genuine members of the unit who may come to read cases.
func (s *Service) eligible(tx postgres.Tx, u unitRow) ([]member, error) {
	all, err := s.deps.People.Members(tx, u.ID)
	if err != nil {
		return nil, err
	}
	var out []member
	for _, m := range all {
		for _, role := range m.Roles {
			if authority.ReadsCases(u.Kind, role) {
				out = append(out, member{m, role})
				break
			}
		}
	}
	return out, nil
}

// pin binds a public key to its unit, its code and its id.
func (s *Service) pin(unit uuid.UUID, code, keyID string, public []byte) []byte {
	return s.deps.Pins.Pin("desk key", unit[:], []byte(code), []byte(keyID), public)
}

// pinned reports whether the portal made the key, with that place in the order.
func (s *Service) pinned(r keyRow) bool {
	return sequenceOf(r.ID) == r.Sequence && s.deps.Pins.Check(r.Pin, "desk key", r.UnitID[:], []byte(r.UnitCode), []byte(r.ID), r.Public)
}

// sequenceOf is the place in the order of a desk's keys that the key's name says,
// or 0. The name is pinned, and bound into what is sealed to the key.
func sequenceOf(keyID string) int {
	place, _, _ := strings.Cut(keyID, "-")
	n, err := strconv.Atoi(place)
	if err != nil {
		return 0
	}
	return n
}

// genuine reads a public key whose pin is good.
func (s *Service) genuine(r keyRow) (seal.Recipient, error) {
	if !s.pinned(r) {
		return seal.Recipient{}, ErrForged
	}
	to, err := seal.ReadDesk(r.UnitCode, r.ID, r.Public)
	if err != nil {
		return seal.Recipient{}, ErrForged
	}
	return to, nil
}

func (s *Service) require(by identity.Actor, action authority.Action) error {
	return authority.Require(by, action, authority.Object{UnitID: by.UnitID})
}

func notAdmitted() error { return fault.New(fault.Conflict, NotAdmitted) }
