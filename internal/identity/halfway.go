package identity

import (
	"context"
	"crypto/hmac"
	"fmt"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// openHalfway keeps the unlocked key of somebody whose passphrase was right
// under the token of the second step.
func (s *Sessions) openHalfway(ctx context.Context, who personRow, member seal.Member, hits []hit) (Entry, error) {
	token, now := newToken(), s.clock.Now()
	sealed, err := carry(member, token, who)
	if err != nil {
		return Entry{}, fmt.Errorf("open second step: %w", err)
	}
	row := halfwayRow{
		ID: id.New(), TokenHash: hashToken(token), PersonID: who.ID, UnitID: *who.UnitID, Role: who.Role,
		SealedKey: sealed, ExpiresAt: now.Add(halfwayLife),
	}
	row.Pin = s.pinOfHalfway(row)
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		if err := forgive(tx, hits); err != nil {
			return err
		}
		if err := insertHalfway(tx, row, now); err != nil {
			return err
		}
		return note(tx, who.actor(uuid.Nil), sessionHalfway, aPerson, who.ID)
	})
	if err != nil {
		return Entry{}, fmt.Errorf("open second step: %w", err)
	}
	return Entry{Halfway: true, Token: token}, nil
}

// KeyQuestion returns what a browser needs to have a security key answer in the
// second step, as JSON; "" for somebody who has none. A token that is not, or no
// longer, halfway is a NotFound fault.
func (s *Sessions) KeyQuestion(ctx context.Context, token string) (options string, err error) {
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		row, err := s.halfway(tx, token)
		if err != nil {
			return err
		}
		var sealed []byte
		if options, sealed, err = s.askKey(tx, row.ID, row.PersonID); err != nil || sealed == nil {
			return err
		}
		return setHalfwayChallenge(tx, row.ID, sealed)
	})
	if err != nil {
		return "", fmt.Errorf("ask for a second factor: %w", err)
	}
	return options, nil
}

// Finish is the second step: a proof that is right ends it and opens the
// session under a new token. A wrong one is an Invalid fault; after five of
// them, and after five minutes, a NotFound fault sends the person back to the
// start.
func (s *Sessions) Finish(ctx context.Context, token string, proof Proof, device string) (Entry, error) {
	row, err := s.tryHalfway(ctx, token)
	if err != nil {
		return Entry{}, err
	}
	hits := s.codeHits(row.Email, device, proof)
	if err := s.take(ctx, hits...); err != nil {
		return Entry{}, err
	}
	member, err := row.member(token)
	if err != nil {
		return Entry{}, fmt.Errorf("finish sign-in: %w", err)
	}
	challenge := s.openChallenge(row.ID, row.Challenge)
	entry, err := s.open(ctx, row.person(), member, func(tx postgres.Tx) error {
		if err := s.prove(tx, row.person().actor(uuid.Nil), proof, challenge); err != nil {
			return err
		}
		if err := closeHalfway(tx, row.ID); err != nil {
			return err
		}
		return forgive(tx, hits)
	})
	if err != nil {
		return Entry{}, fmt.Errorf("finish sign-in: %w", err)
	}
	return entry, nil
}

// tryHalfway counts one more try, and takes the question to a key away, in a
// transaction of its own: a proof that fails does not give either back.
func (s *Sessions) tryHalfway(ctx context.Context, token string) (row halfwayRow, err error) {
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		if row, err = s.halfway(tx, token); err != nil {
			return err
		}
		return countTry(tx, row.ID)
	})
	if err != nil {
		return halfwayRow{}, fmt.Errorf("second step: %w", err)
	}
	return row, nil
}

// halfway finds a genuine second step that is under way, of somebody who is
// still who they were at the first, and locks it.
func (s *Sessions) halfway(tx postgres.Tx, token string) (halfwayRow, error) {
	row, err := findHalfway(tx, hashToken(token))
	if err != nil {
		return row, err
	}
	genuine := hmac.Equal(row.Pin, s.pinOfHalfway(row)) && s.people.genuine(row.membership()) &&
		s.people.genuineCredential(row.PersonID, row.Verifier, row.Guarded, row.CredentialPin) &&
		s.people.Returned(row.PersonID, row.Closings, row.ReturnPin)
	if !genuine || row.DeactivatedAt != nil || row.Tries >= halfwayTries || !s.clock.Now().Before(row.ExpiresAt) {
		return halfwayRow{}, fault.New(fault.NotFound, "problem.signed_out")
	}
	return row, nil
}

func (s *Sessions) pinOfHalfway(r halfwayRow) []byte {
	return s.people.pins.Pin("second step", r.TokenHash, r.PersonID[:], r.UnitID[:], []byte(r.Role), bytesOfTime(r.ExpiresAt))
}
