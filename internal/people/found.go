package people

import (
	"context"
	"fmt"
	"slices"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Found makes a unit from the host: under the unit of that code or, of the
// ministry, the police and the oversight body, as a head, which nobody makes on
// the site. What is wrong with it is an Invalid fault.
func (s *Service) Found(ctx context.Context, by identity.Actor, n NewUnit, parent string) (uuid.UUID, error) {
	if err := authority.Require(by, authority.UnitFound, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	if parent != "" {
		err := s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
			above, err := unitOf(tx, parent)
			n.Parent = above.ID
			return err
		})
		if fault.KindOf(err) == fault.NotFound {
			return uuid.Nil, fault.Field("parent", "people.unit.parent.unfit")
		}
		if err != nil {
			return uuid.Nil, fmt.Errorf("found unit: %w", err)
		}
	}
	n = n.tidy()
	head := n.Parent == uuid.Nil && slices.Contains(heads(), n.Kind)
	if err := n.check(head); err != nil {
		return uuid.Nil, err
	}
	return s.makeUnit(ctx, by, n)
}

// Appointment makes somebody the first of a unit.
type Appointment struct {
	Email string // of an account whose holder accepted the invitation
	Unit  string // code
	Role  identity.Role
}

// Appoint gives a unit its first person, by the host: a role that may admit
// others there, while nobody has one who could decide. From then on it takes two
// people on the site. Somebody who has not chosen a passphrase yet is refused:
// whoever holds the code of their invitation would get the role. It returns the
// person with the fingerprint of their key, to be compared with what they see.
func (s *Service) Appoint(ctx context.Context, by identity.Actor, a Appointment) (p Person, err error) {
	if err := authority.Require(by, authority.UnitFound, authority.Object{}); err != nil {
		return Person{}, err
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		u, err := unitOf(tx, a.Unit)
		if fault.KindOf(err) == fault.NotFound {
			return fault.Field("unit", "form.choice")
		}
		if err != nil {
			return err
		}
		if !slices.Contains(authority.RolesIn(authority.RoleApprove, u.Kind), a.Role) {
			return fault.Field("role", "people.found.role")
		}
		if err := s.vacant(tx, u); err != nil {
			return err
		}
		if p, err = s.holder(tx, a.Email); err != nil {
			return err
		}
		if err := may(p, u, a.Role); err != nil {
			return err
		}
		return grant(tx, s.deps.People, by, p.ID, u.ID, a.Role, uuid.Nil)
	})
	if err != nil {
		return Person{}, fmt.Errorf("appoint: %w", err)
	}
	return p, nil
}

// vacant refuses a unit in which somebody can decide. Of two appointments at once
// the second finds the first.
func (s *Service) vacant(tx postgres.Tx, u Unit) error {
	if err := lockUnit(tx, u.ID); err != nil {
		return err
	}
	led, err := s.led(tx, u)
	if err == nil && led {
		err = fault.New(fault.Conflict, "people.found.led")
	}
	return err
}

// holder finds the account of an address, whose holder has a genuine key.
func (s *Service) holder(tx postgres.Tx, email string) (Person, error) {
	key, err := accountOf(tx, email)
	if err != nil {
		return Person{}, err
	}
	if key == uuid.Nil {
		return Person{}, fault.Field("email", "people.found.nobody")
	}
	if err := s.deps.People.Hold(tx, key); err != nil {
		return Person{}, err
	}
	p, err := load(tx, key)
	if err != nil || p.State() == Deactivated {
		return p, err
	}
	if p.KeyID != "" {
		_, err = s.deps.People.Key(tx, p.ID, p.KeyID)
	}
	if p.KeyID == "" || fault.KindOf(err) == fault.NotFound {
		return Person{}, fault.Field("email", "people.role.no_key")
	}
	return p, err
}

// led reports whether somebody of the unit may admit others.
func (s *Service) led(tx postgres.Tx, u Unit) (bool, error) {
	by := authority.RolesIn(authority.RoleApprove, u.Kind)
	members, err := s.deps.People.Members(tx, u.ID)
	return slices.ContainsFunc(members, func(m identity.Member) bool {
		return slices.ContainsFunc(m.Roles, func(r identity.Role) bool { return slices.Contains(by, r) })
	}), err
}

func (s *Service) makeUnit(ctx context.Context, by identity.Actor, n NewUnit) (uuid.UUID, error) {
	key := id.New()
	err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		agency, err := s.place(tx, n)
		if err != nil {
			return err
		}
		if err := s.insert(tx, key, n, agency); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: by, Action: "unit.make", ObjectKind: "unit", ObjectID: key})
	})
	switch {
	case postgres.Violates(err, "units_code_key"):
		return uuid.Nil, fault.Field("code", "people.unit.code.taken")
	case postgres.Violates(err, "units_agency_id_key"):
		return uuid.Nil, fault.Field("agency", "people.unit.agency.taken")
	case err != nil:
		return uuid.Nil, fmt.Errorf("make unit: %w", err)
	}
	return key, nil
}
