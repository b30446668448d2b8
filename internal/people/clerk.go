package people

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Colleague is somebody of an agency as its head sees them.
type Colleague struct {
	Person

	Role identity.Role
}

// NewClerk is somebody whom the head of an agency invites.
type NewClerk struct {
	Name string
	// SignIn is what they sign in with, before the "@" and the agency's code: small
	// letters, digits, dots and dashes.
	SignIn   string
	Language string
}

// signInForm leaves no room for another "@".
var signInForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,39}$`)

// Colleagues lists who works for the actor's own agency: heads first.
func (s *Service) Colleagues(ctx context.Context, by identity.Actor) (all []Colleague, err error) {
	if err := requireHead(by); err != nil {
		return nil, err
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		all, err = colleagues(tx, by.UnitID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list colleagues: %w", err)
	}
	return all, nil
}

// InviteClerk makes an account for a new clerk of the actor's own agency, and
// returns it with the code by which they choose its passphrase. The clerk signs
// in under a name within the agency, so that nothing here tells whether somebody
// has an account elsewhere: see docs/decisions/0017.
func (s *Service) InviteClerk(ctx context.Context, by identity.Actor, who NewClerk) (c Colleague, code string, err error) {
	if err := requireHead(by); err != nil {
		return Colleague{}, "", err
	}
	who.SignIn = strings.ToLower(strings.TrimSpace(who.SignIn))
	wrong := fault.Fields{}
	if strings.TrimSpace(who.Name) == "" {
		wrong["name"] = "form.required"
	}
	if !signInForm.MatchString(who.SignIn) {
		wrong["sign_in"] = "people.clerk.sign_in.form"
	}
	if err := fault.FromFields(wrong); err != nil {
		return Colleague{}, "", err
	}
	newcomer := identity.Newcomer{Name: who.Name, Email: who.SignIn + "@" + by.UnitCode, Language: who.Language}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		person, err := s.deps.People.Add(tx, newcomer)
		if err != nil {
			return err
		}
		if err := grant(tx, s.deps.People, by, person, by.UnitID, identity.RoleAgencyClerk, uuid.Nil); err != nil {
			return err
		}
		if c, err = clerk(tx, by.UnitID, person); err != nil {
			return err
		}
		code, err = s.inviteClerk(tx, by, c)
		return err
	})
	if fault.KindOf(err) == fault.Conflict {
		return Colleague{}, "", fault.Field("sign_in", "people.clerk.sign_in.taken")
	}
	if err != nil {
		return Colleague{}, "", fmt.Errorf("invite clerk: %w", err)
	}
	return c, code, nil
}

// InviteClerkAgain makes out another code for a clerk who has not accepted yet.
// One who has is a Conflict fault: whoever lost their passphrase comes back by a
// decision of two people.
func (s *Service) InviteClerkAgain(ctx context.Context, by identity.Actor, key uuid.UUID) (c Colleague, code string, err error) {
	if err := requireHead(by); err != nil {
		return Colleague{}, "", err
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		if c, err = clerk(tx, by.UnitID, key); err != nil {
			return err
		}
		only, err := onlyOwnClerk(tx, key)
		if err != nil {
			return err
		}
		// Somebody with a role elsewhere gets the answer of one who has accepted.
		if !only || c.State() != Invited {
			return fault.New(fault.Conflict, "people.clerk.accepted")
		}
		code, err = s.inviteClerk(tx, by, c)
		return err
	})
	if err != nil {
		return Colleague{}, "", fmt.Errorf("invite clerk again: %w", err)
	}
	return c, code, nil
}

func (s *Service) inviteClerk(tx postgres.Tx, by identity.Actor, c Colleague) (code string, err error) {
	if code, err = s.deps.People.Invite(tx, identity.Invitation{Person: c.ID, Email: c.Email, IssuedBy: by.PersonID}); err != nil {
		return "", err
	}
	return code, audit.Record(tx, entry(by, "person.invite", c.ID))
}

// DismissClerk ends a clerk's role in the actor's own agency, at once, and with
// it the account of whoever has no other role: the head is not told which.
// Anybody else is a NotFound fault.
func (s *Service) DismissClerk(ctx context.Context, by identity.Actor, key uuid.UUID) error {
	if err := requireHead(by); err != nil {
		return err
	}
	err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		c, err := clerk(tx, by.UnitID, key)
		if err != nil {
			return err
		}
		only, err := onlyOwnClerk(tx, key)
		if err != nil {
			return err
		}
		if only {
			if err := s.deps.People.Close(tx, by, key); err != nil {
				return err
			}
		}
		return s.end(tx, by, c.Person, Role{PersonID: key, UnitID: by.UnitID, UnitKind: by.UnitKind, Role: identity.RoleAgencyClerk})
	})
	if err != nil {
		return fmt.Errorf("dismiss clerk: %w", err)
	}
	return nil
}

func requireHead(by identity.Actor) error {
	return authority.Require(by, authority.AgencyPeople, authority.Object{AgencyID: by.AgencyID})
}
