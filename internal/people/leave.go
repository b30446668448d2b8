package people

import (
	"context"
	"fmt"
	"slices"

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
		// Before the roles are read: none is granted in between.
		if err := s.deps.People.Hold(tx, key); err != nil {
			return err
		}
		p, err := load(tx, key)
		if err != nil {
			return err
		}
		manages := slices.ContainsFunc(p.Roles, func(r Role) bool { return r.Role == identity.RoleAdministrator })
		if manages && p.State() != Deactivated {
			if err := anotherAdministrator(tx, key); err != nil {
				return err
			}
		}
		return s.deps.People.Close(tx, by, key)
	})
	if err != nil {
		return fmt.Errorf("deactivate: %w", err)
	}
	return nil
}

// ProposeReturn proposes to open a deactivated account again; another
// administrator decides.
func (s *Service) ProposeReturn(ctx context.Context, by identity.Actor, key uuid.UUID) (proposal uuid.UUID, err error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		p, err := load(tx, key)
		if err != nil {
			return err
		}
		if p.State() != Deactivated {
			return fault.New(fault.Conflict, "people.not_so")
		}
		proposal, err = s.deps.Decisions.ProposeIn(tx, by, decision.Proposal{Kind: KindReturn, Subject: key, UnitID: by.UnitID})
		return err
	})
	if err = proposed(err); err != nil {
		return uuid.Nil, fmt.Errorf("propose return: %w", err)
	}
	return proposal, nil
}
