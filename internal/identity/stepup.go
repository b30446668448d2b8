package identity

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
)

// ConfirmQuestion returns what a browser needs to have a security key of the
// signed-in person answer, as JSON; "" for somebody who has none.
func (s *Sessions) ConfirmQuestion(ctx context.Context, actor Actor) (options string, err error) {
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		var sealed []byte
		if options, sealed, err = s.askKey(tx, actor.SessionID, actor.PersonID); err != nil || sealed == nil {
			return err
		}
		return setSessionChallenge(tx, actor.SessionID, sealed)
	})
	if err != nil {
		return "", fmt.Errorf("ask to confirm: %w", err)
	}
	return options, nil
}

// Confirm lets a signed-in person show again who they are: by a second factor,
// or by the passphrase where they have none. What is right makes the session
// fresh for ten minutes under a new token, which it returns (ASVS 7.2.4); what
// is wrong is an Invalid fault.
func (s *Sessions) Confirm(ctx context.Context, who Session, token string, proof Proof) (string, error) {
	hits := []hit{s.hit(confirmations(), who.Actor.PersonID[:])}
	if err := s.take(ctx, hits...); err != nil {
		return "", err
	}
	if !who.Guarded {
		if err := s.rightPassphrase(ctx, who.Actor, proof.Passphrase); err != nil {
			return "", err
		}
	}
	var challenge []byte
	err := s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		sealed, err := takeChallenge(tx, who.Actor.SessionID)
		challenge = s.openChallenge(who.Actor.SessionID, sealed)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("confirm: %w", err)
	}
	fresh := newToken()
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		if who.Guarded {
			if err := s.prove(tx, who.Actor, proof, challenge); err != nil {
				return err
			}
		}
		if err := forgive(tx, hits); err != nil {
			return err
		}
		if err := s.renew(tx, who, token, fresh); err != nil {
			return err
		}
		return note(tx, who.Actor, sessionConfirmed, aSession, who.Actor.SessionID)
	})
	if err != nil {
		return "", fmt.Errorf("confirm: %w", err)
	}
	return fresh, nil
}

// renew gives the session another token and makes it fresh.
func (s *Sessions) renew(tx postgres.Tx, who Session, token, fresh string) error {
	row, err := findSession(tx, hashToken(token))
	if err != nil {
		return err
	}
	if !s.genuine(row) || row.ID != who.Actor.SessionID || row.RevokedAt != nil {
		return signedOut()
	}
	if row.SealedKey != nil {
		member, err := seal.MemberFromSession(token, row.PersonID, row.SealedKey)
		if err != nil {
			return err
		}
		if row.SealedKey, err = member.ToSession(fresh, row.PersonID); err != nil {
			return err
		}
	}
	was := row.TokenHash
	row.TokenHash, row.FreshAt = hashToken(fresh), s.clock.Now()
	row.Pin = s.pinOf(row)
	return renewSession(tx, row, was)
}
