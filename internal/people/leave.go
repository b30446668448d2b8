package people

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Deactivate closes the account: sessions and the open invitation end with it,
// and so do the roles that read cases, which the units grant anew if the person
// comes back. The last administrator cannot go.
func (s *Service) Deactivate(ctx context.Context, by identity.Actor, key uuid.UUID) error {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return err
	}
	err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		p, err := s.person(tx, key)
		if err != nil {
			return err
		}
		if p.State() == Deactivated {
			return nil
		}
		for _, r := range p.Roles {
			switch {
			case r.Role == identity.RoleAdministrator:
				err = anotherAdministrator(tx, key)
			case authority.ReadsCases(r.UnitKind, r.Role):
				err = s.end(tx, by, p, r)
			}
			if err != nil {
				return err
			}
		}
		return s.closeAccount(tx, by, key)
	})
	if err != nil {
		return fmt.Errorf("deactivate: %w", err)
	}
	return nil
}

// closeAccount ends sessions and the open invitation with the account.
func (s *Service) closeAccount(tx postgres.Tx, by identity.Actor, key uuid.UUID) error {
	if err := deactivate(tx, key, s.deps.Clock.Now()); err != nil {
		return err
	}
	if err := s.deps.People.Revoke(tx, key); err != nil {
		return err
	}
	return audit.Record(tx, entry(by, "person.deactivate", key))
}

// ProposeReturn proposes to open a deactivated account again; another
// administrator decides.
func (s *Service) ProposeReturn(ctx context.Context, by identity.Actor, key uuid.UUID) (uuid.UUID, error) {
	return s.propose(ctx, by, key, KindReturn, Deactivated)
}

// ProposeReadmission proposes that somebody who lost their passphrase may choose
// another. Whoever holds the code becomes that person, so the unit whose cases
// they read decides, or another administrator where they read none.
func (s *Service) ProposeReadmission(ctx context.Context, by identity.Actor, key uuid.UUID) (uuid.UUID, error) {
	return s.propose(ctx, by, key, KindReadmission, Active)
}

func (s *Service) propose(ctx context.Context, by identity.Actor, key uuid.UUID, kind decision.Kind, want State) (proposal uuid.UUID, err error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		p, err := s.person(tx, key)
		if err != nil {
			return err
		}
		if p.State() != want {
			return fault.New(fault.Conflict, "people.not_so")
		}
		unitID := by.UnitID
		for _, r := range p.Roles {
			if authority.ReadsCases(r.UnitKind, r.Role) {
				unitID = r.UnitID
				break
			}
		}
		proposal, err = s.deps.Decisions.ProposeIn(tx, by, decision.Proposal{Kind: kind, Subject: key, UnitID: unitID})
		return err
	})
	if err = proposed(err); err != nil {
		return uuid.Nil, fmt.Errorf("propose %s: %w", kind, err)
	}
	return proposal, nil
}
