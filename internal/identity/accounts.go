package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Account is a person as an operator's list tells of them.
type Account struct {
	ID            uuid.UUID
	Email         string
	Name          string
	Roles         string // "administrator at administration", with commas
	DeactivatedAt *time.Time
}

// Operator is what an operator's command does with people, before there is an
// administrator who could. It gives nobody a role that reads cases.
type Operator struct {
	db     *postgres.DB
	people *People
}

// NewOperator returns the operator's hands on the people of db.
func NewOperator(db *postgres.DB, people *People) *Operator { return &Operator{db: db, people: people} }

func (*Operator) actor() Actor { return Setup("user") }

// ErrNoAccount says that no person has the address.
var ErrNoAccount = errors.New("no account has this address")

// InviteAdministrator makes the person an administrator where the address is
// new, and invites them; somebody with an account is invited to choose another
// passphrase. It returns the invitation's code, which is kept nowhere.
func (o *Operator) InviteAdministrator(ctx context.Context, who Newcomer) (code string, err error) {
	err = o.db.InTx(ctx, o.actor(), func(tx postgres.Tx) error {
		known, err := findAccount(tx, plainEmail(who.Email))
		if err != nil {
			return err
		}
		person := known.ID
		switch {
		case known.DeactivatedAt != nil:
			return fault.New(fault.Conflict, "account.address_taken")
		case known.ID == uuid.Nil:
			if person, err = o.addAdministrator(tx, who); err != nil {
				return err
			}
		}
		if code, err = o.people.Invite(tx, Invitation{Person: person, Email: who.Email}); err != nil {
			return err
		}
		return note(tx, o.actor(), "person.invite", aPerson, person)
	})
	if err != nil {
		return "", fmt.Errorf("invite administrator: %w", err)
	}
	return code, nil
}

// addAdministrator also makes the unit of administration where there is none.
func (o *Operator) addAdministrator(tx postgres.Tx, who Newcomer) (uuid.UUID, error) {
	unit, err := administration(tx)
	if err != nil {
		return uuid.Nil, err
	}
	if unit == uuid.Nil {
		unit = id.New()
		made := UnitRecord{ID: unit, Code: "administration", Kind: UnitAdministration}
		made.Pin = o.people.PinOfUnit(made)
		if err := insertAdministration(tx, made); err != nil {
			return uuid.Nil, err
		}
	}
	person, err := o.people.Add(tx, who)
	if err != nil {
		return uuid.Nil, err
	}
	return person, o.people.Grant(tx, person, unit, RoleAdministrator, uuid.Nil)
}

// Accounts lists everybody, by address.
func (o *Operator) Accounts(ctx context.Context) (all []Account, err error) {
	err = o.db.Read(ctx, o.actor(), func(tx postgres.Tx) error {
		all, err = listAccounts(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return all, nil
}

// Deactivate closes the account with that address, as an administrator does: its
// sessions, its invitation and the roles that read cases end with it.
func (o *Operator) Deactivate(ctx context.Context, email string) error {
	err := o.db.InTx(ctx, o.actor(), func(tx postgres.Tx) error {
		known, err := findAccount(tx, plainEmail(email))
		if err != nil {
			return err
		}
		if known.ID == uuid.Nil {
			return ErrNoAccount
		}
		return o.people.Close(tx, o.actor(), known.ID)
	})
	if err != nil {
		return fmt.Errorf("deactivate account: %w", err)
	}
	return nil
}
