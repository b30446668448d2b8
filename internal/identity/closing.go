package identity

import (
	"fmt"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Hold makes everybody else who would give the person a role, close or open the
// account, or take an invitation of theirs wait until tx ends. What is read of
// them afterwards stays true.
func (p *People) Hold(tx postgres.Tx, person uuid.UUID) error {
	if err := holdPerson(tx, person); err != nil {
		return fmt.Errorf("hold person: %w", err)
	}
	return nil
}

// Close closes the account and takes away what it could do: sessions, sign-ins
// that are halfway, the open invitation, the roles that read cases. One that is
// closed already loses what is left of these. Whose account may be closed is the
// caller's to ask.
func (p *People) Close(tx postgres.Tx, by Actor, person uuid.UUID) error {
	if err := p.Hold(tx, person); err != nil {
		return err
	}
	closed, err := closeAccount(tx, person, p.clock.Now())
	if err != nil {
		return fmt.Errorf("close account: %w", err)
	}
	if err := p.strip(tx, by, person); err != nil {
		return fmt.Errorf("close account: %w", err)
	}
	if !closed {
		return nil
	}
	return note(tx, by, "person.deactivate", aPerson, person)
}

// Reopen opens a closed account, as two people decided in this transaction. What
// Close takes away does not come back with it, whoever closed it and however.
func (p *People) Reopen(tx postgres.Tx, by Actor, person uuid.UUID) error {
	if err := p.Hold(tx, person); err != nil {
		return err
	}
	if err := p.strip(tx, by, person); err != nil {
		return fmt.Errorf("open account: %w", err)
	}
	closings, err := closingsOf(tx, person)
	if err != nil {
		return fmt.Errorf("open account: %w", err)
	}
	opened, err := openAccount(tx, person, p.pins.Pin(returnPin, person[:], bytesOfCount(int64(closings))))
	if err != nil {
		return fmt.Errorf("open account: %w", err)
	}
	if !opened {
		return fault.New(fault.Conflict, "people.not_so")
	}
	return note(tx, by, "person.reactivate", aPerson, person)
}

func (p *People) strip(tx postgres.Tx, by Actor, person uuid.UUID) error {
	if err := endSessions(tx, person, p.clock.Now()); err != nil {
		return err
	}
	if err := p.Revoke(tx, person); err != nil {
		return err
	}
	ended, err := endCaseRoles(tx, person)
	if err != nil {
		return err
	}
	for range ended {
		if err := note(tx, by, "role.end", aPerson, person); err != nil {
			return err
		}
	}
	return nil
}

const returnPin = "return"

// Returned reports whether an account that was closed so many times, and is
// open, was opened by the portal after the last of them.
func (p *People) Returned(person uuid.UUID, closings int, pin []byte) bool {
	return closings == 0 || p.pins.Check(pin, returnPin, person[:], bytesOfCount(int64(closings)))
}
