package people

import (
	"context"
	"fmt"
	"slices"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// GiveRole gives the person a role where that reads no case; otherwise it
// proposes it to the receiving unit, and an administrator's to the other
// administrators. It returns the proposal, or the zero id when the role was
// given.
func (s *Service) GiveRole(ctx context.Context, by identity.Actor, person, unitID uuid.UUID, role identity.Role) (proposal uuid.UUID, err error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		if err := s.deps.People.Hold(tx, person); err != nil {
			return err
		}
		p, u, err := s.candidate(tx, person, unitID, role)
		if err != nil {
			return err
		}
		kind := KindRole
		switch {
		case role == identity.RoleAdministrator:
			kind = KindAdministrator
		case !authority.ReadsCases(u.Kind, role):
			return grant(tx, s.deps.People, by, person, unitID, role, uuid.Nil)
		}
		if p.KeyID == "" {
			return fault.Field("role", "people.role.no_key")
		}
		proposal, err = s.deps.Decisions.ProposeIn(tx, by, decision.Proposal{
			Kind: kind, Subject: person, UnitID: unitID, Detail: roleDetail{Role: role, Key: p.KeyID},
		})
		return err
	})
	if err = proposed(err); err != nil {
		return uuid.Nil, fmt.Errorf("give role: %w", err)
	}
	return proposal, nil
}

// candidate checks that the person may get the role at all.
func (s *Service) candidate(tx postgres.Tx, person, unitID uuid.UUID, role identity.Role) (Person, Unit, error) {
	p, err := load(tx, person)
	if err != nil {
		return Person{}, Unit{}, err
	}
	u, err := unit(tx, unitID)
	if fault.KindOf(err) == fault.NotFound {
		return Person{}, Unit{}, fault.Field("unit", "form.choice")
	}
	if err != nil {
		return Person{}, Unit{}, err
	}
	return p, u, may(p, u, role)
}

func may(p Person, u Unit, role identity.Role) error {
	if p.State() == Deactivated {
		return fault.New(fault.Conflict, "people.deactivated")
	}
	if !slices.Contains(fit[u.Kind], role) {
		return fault.Field("role", "people.role.unfit")
	}
	for _, has := range p.Roles {
		if has.UnitID == u.ID && has.Role == role {
			return fault.Field("role", "people.role.has")
		}
		reads := authority.ReadsCases(u.Kind, role) && has.Role == identity.RoleAdministrator
		manages := role == identity.RoleAdministrator && authority.ReadsCases(has.UnitKind, has.Role)
		if reads || manages {
			return fault.Field("role", "people.role.apart")
		}
	}
	return nil
}

func grant(tx postgres.Tx, people *identity.People, by identity.Actor, person, unitID uuid.UUID, role identity.Role, decided uuid.UUID) error {
	if err := people.Grant(tx, person, unitID, role, decided); err != nil {
		return err
	}
	return audit.Record(tx, entry(by, "role.grant", person))
}

// EndRole takes a role back, at once: sessions in it end with it. The last
// administrator stays one. Where somebody held a desk's key by it, the desk sees
// that itself: no promise has to say so.
func (s *Service) EndRole(ctx context.Context, by identity.Actor, person, unitID uuid.UUID, role identity.Role) error {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return err
	}
	err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		p, err := load(tx, person)
		if err != nil {
			return err
		}
		for _, has := range p.Roles {
			if has.UnitID == unitID && has.Role == role {
				return s.end(tx, by, p, has)
			}
		}
		return errNotFound()
	})
	if err != nil {
		return fmt.Errorf("end role: %w", err)
	}
	return nil
}

func (s *Service) end(tx postgres.Tx, by identity.Actor, p Person, r Role) error {
	if r.Role == identity.RoleAdministrator {
		if err := anotherAdministrator(tx, p.ID); err != nil {
			return err
		}
	}
	if err := deleteRole(tx, p.ID, r.UnitID, r.Role); err != nil {
		return err
	}
	return audit.Record(tx, entry(by, "role.end", p.ID))
}

// anotherAdministrator makes ends of administrators wait for each other, so that
// two cannot end each other at the same time.
func anotherAdministrator(tx postgres.Tx, person uuid.UUID) error {
	others, err := otherAdministrators(tx, person)
	if err == nil && others == 0 {
		return fault.New(fault.Conflict, "people.last_administrator")
	}
	return err
}
