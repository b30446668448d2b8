package identity

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Change is another passphrase, and the one that it replaces.
type Change struct{ Old, New string }

// ChangePassphrase gives the signed-in person another passphrase for the same
// key, and ends all their other sessions. It asks for a fresh session. A wrong old one, or a new one that may
// not be chosen, is an Invalid fault.
func (s *Sessions) ChangePassphrase(ctx context.Context, who Session, token string, in Change) error {
	if err := who.Actor.RequireFresh(s.clock.Now()); err != nil {
		return err
	}
	if err := CheckPassphrase("new", in.New, who.Email, who.Name); err != nil {
		return err
	}
	if in.New == in.Old {
		return fault.Field("new", "account.passphrase.same")
	}
	hits := []hit{s.hit(confirmations(), who.Actor.PersonID[:])}
	if err := s.take(ctx, hits...); err != nil {
		return err
	}
	err := s.rightPassphrase(ctx, who.Actor, in.Old)
	if fault.KindOf(err) == fault.Invalid {
		return fault.Field("old", "account.passphrase.wrong")
	}
	if err != nil {
		return err
	}
	member, err := who.Member(token)
	if err != nil {
		return fmt.Errorf("change passphrase: %w", err)
	}
	secret, err := s.newSecret(ctx, in.New)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		if err := forgive(tx, hits); err != nil {
			return err
		}
		if err := s.people.ChangeSecret(tx, who.Actor.PersonID, member, secret); err != nil {
			return err
		}
		if err := note(tx, who.Actor, passphraseChanged, aPerson, who.Actor.PersonID); err != nil {
			return err
		}
		return s.endOthers(tx, who.Actor, who.Actor.PersonID, who.Actor.SessionID)
	})
	if err != nil {
		return fmt.Errorf("change passphrase: %w", err)
	}
	return nil
}

// rightPassphrase compares the actor's own; a wrong one is an Invalid fault.
func (s *Sessions) rightPassphrase(ctx context.Context, actor Actor, passphrase string) error {
	var own credentialRow
	err := s.db.Read(ctx, Door(), func(tx postgres.Tx) (err error) {
		own, err = s.people.credential(tx, actor.PersonID)
		return err
	})
	if err != nil {
		return fmt.Errorf("compare passphrase: %w", err)
	}
	_, matches, err := s.compare(ctx, own.Verifier, passphrase)
	if err == nil && !matches {
		err = fault.Field("passphrase", "account.passphrase.wrong")
	}
	return err
}
