package people

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// State is what an account is worth.
type State string

// The states.
const (
	Active      State = "active"      // may sign in
	Invited     State = "invited"     // has not chosen a passphrase yet
	Deactivated State = "deactivated" // may not
)

// Person is somebody with an account.
type Person struct {
	ID            uuid.UUID
	Name          string
	Email         string
	Language      string
	DeactivatedAt *time.Time
	KeyID         string // of their current key; "" until they accepted an invitation
	Roles         []Role
}

// State of the account.
func (p Person) State() State {
	switch {
	case p.DeactivatedAt != nil:
		return Deactivated
	case p.KeyID == "":
		return Invited
	}
	return Active
}

// PersonFilter narrows the list of people. The zero value lists everybody.
type PersonFilter struct {
	Query string // a part of the name or the address
	State State
	Kind  identity.UnitKind // with a role in a unit of that kind
	Page  int               // from 0
}

// People lists people by name.
func (s *Service) People(ctx context.Context, by identity.Actor, f PersonFilter) (page []Person, more bool, err error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return nil, false, err
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		page, err = list(tx, f)
		if len(page) > PageSize {
			page, more = page[:PageSize], true
		}
		if err != nil {
			return err
		}
		return withRoles(tx, page)
	})
	if err != nil {
		return nil, false, fmt.Errorf("list people: %w", err)
	}
	return page, more, nil
}

// Person opens one account.
func (s *Service) Person(ctx context.Context, by identity.Actor, key uuid.UUID) (p Person, err error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return Person{}, err
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		p, err = load(tx, key)
		return err
	})
	if err != nil {
		return Person{}, fmt.Errorf("open person: %w", err)
	}
	return p, nil
}

// load reads the account with its roles.
func load(tx postgres.Tx, key uuid.UUID) (Person, error) {
	p, err := get(tx, key)
	if err != nil {
		return Person{}, err
	}
	one := []Person{p}
	err = withRoles(tx, one)
	return one[0], err
}

// Invite makes an account for somebody new and returns the code by which they,
// and whoever else holds it, choose its passphrase.
func (s *Service) Invite(ctx context.Context, by identity.Actor, who identity.Newcomer) (person uuid.UUID, code string, err error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return uuid.Nil, "", err
	}
	if strings.TrimSpace(who.Name) == "" {
		return uuid.Nil, "", fault.Field("name", "form.required")
	}
	// What has no dot is a name within an agency: its head gives those.
	if _, host, _ := strings.Cut(who.Email, "@"); !strings.Contains(host, ".") {
		return uuid.Nil, "", fault.Field("email", "form.email")
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		if person, err = s.deps.People.Add(tx, who); err != nil {
			return err
		}
		code, err = s.deps.People.Invite(tx, identity.Invitation{Person: person, Email: who.Email, IssuedBy: by.PersonID})
		if err != nil {
			return err
		}
		return audit.Record(tx, entry(by, "person.invite", person))
	})
	if fault.KindOf(err) == fault.Conflict {
		return uuid.Nil, "", fault.Field("email", "account.address_taken")
	}
	if err != nil {
		return uuid.Nil, "", fmt.Errorf("invite: %w", err)
	}
	return person, code, nil
}

// InviteAgain makes out another code. Somebody who chose a passphrase before
// gets one only when every unit whose cases they read has agreed to readmit them,
// in the last 72 hours, and once.
func (s *Service) InviteAgain(ctx context.Context, by identity.Actor, key uuid.UUID) (code string, err error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return "", err
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		if err := s.deps.People.Hold(tx, key); err != nil {
			return err
		}
		p, err := load(tx, key)
		if err != nil {
			return err
		}
		invitation := identity.Invitation{Person: key, Email: p.Email, IssuedBy: by.PersonID}
		switch p.State() {
		case Deactivated:
			return fault.New(fault.Conflict, "people.deactivated")
		case Active:
			oldest, err := s.readmission(tx, p)
			if err != nil {
				return err
			}
			invitation.Decision, invitation.Until = oldest.ID, oldest.DecidedAt.Add(readmissionLife)
		case Invited:
		}
		if code, err = s.deps.People.Invite(tx, invitation); err != nil {
			return err
		}
		return audit.Record(tx, entry(by, "person.invite", key))
	})
	if err != nil {
		return "", fmt.Errorf("invite again: %w", err)
	}
	return code, nil
}

func entry(by identity.Actor, action string, person uuid.UUID) audit.Entry {
	return audit.Entry{Actor: by, Action: action, ObjectKind: "person", ObjectID: person}
}
