package identity

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
)

// Attempts at one account: so many a window, whoever makes them.
const (
	signInWindow   = 15 * time.Minute
	signInAttempts = 10
	// compareAtOnce is how many passphrases are compared at the same time, 46 MiB
	// each.
	compareAtOnce = 2
)

// notRecognised is the one answer to a wrong address, a wrong passphrase, a
// deactivated person and a person without a unit.
func notRecognised() error { return fault.Field("email", "account.not_recognised") }

// SignIn opens a staff session and returns its token. Whatever is wrong with
// the address or the passphrase, the answer is the same Invalid fault after
// the same work; too many attempts at one address are a TooMany fault.
func (s *Sessions) SignIn(ctx context.Context, email, passphrase string) (string, Actor, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if err := s.countAttempt(ctx, "sign-in", email); err != nil {
		return "", Actor{}, err
	}
	var hats []personRow
	err := s.db.Read(ctx, Door(), func(tx postgres.Tx) (err error) {
		hats, err = findPerson(tx, email)
		return err
	})
	if err != nil {
		return "", Actor{}, fmt.Errorf("sign in: %w", err)
	}
	who := s.people.genuineHat(hats)
	// Outside the transaction: it is slow on purpose. An unknown address is
	// compared with an unreadable verifier, for the same time.
	under, matches, err := s.compare(ctx, who.Verifier, passphrase)
	if err != nil {
		return "", Actor{}, err
	}
	if !matches || who.DeactivatedAt != nil {
		return "", Actor{}, notRecognised()
	}
	return s.open(ctx, who, under)
}

// genuineHat returns the first membership that is what it says it is, of
// somebody whose passphrase is; the zero row when there is none.
func (p *People) genuineHat(hats []personRow) personRow {
	for _, h := range hats {
		if p.genuine(h.membership()) && p.pins.Check(h.CredentialPin, "credential", h.ID[:], []byte(h.Verifier)) {
			return h
		}
	}
	return personRow{}
}

// compare waits for its turn, so that a flood of sign-ins costs time and not all
// the memory there is. Who waits until the request ends gets an Unavailable
// fault.
func (s *Sessions) compare(ctx context.Context, verifier, passphrase string) (under []byte, ok bool, err error) {
	select {
	case s.comparing <- struct{}{}:
	case <-ctx.Done():
		return nil, false, fault.New(fault.Unavailable, "problem.503.title")
	}
	defer func() { <-s.comparing }()
	under, ok = unlock(verifier, passphrase)
	return under, ok, nil
}

// open begins the session. The person's own key goes along, closed under the
// session's token.
func (s *Sessions) open(ctx context.Context, who personRow, under []byte) (string, Actor, error) {
	token, now := newToken(), s.clock.Now()
	sealed, err := carry(who, under, token)
	if err != nil {
		return "", Actor{}, fmt.Errorf("open session: %w", err)
	}
	row := sessionRow{
		ID: id.New(), TokenHash: hashToken(token),
		PersonID: who.ID, UnitID: *who.UnitID, Role: who.Role, SealedKey: sealed,
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(staffLife),
	}
	row.Pin = s.pinOf(row)
	actor := who.actor(row.ID)
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error { return insertSession(tx, row) })
	if err != nil {
		return "", Actor{}, fmt.Errorf("open session: %w", err)
	}
	return token, actor, nil
}

// carry takes the person's key from their passphrase to the session's token.
func carry(who personRow, under []byte, token string) ([]byte, error) {
	if who.Key == nil {
		return nil, nil
	}
	member, err := seal.UnwrapMember(who.ID, under, who.Key)
	if err != nil {
		return nil, err
	}
	return member.ToSession(token, who.ID)
}

// pinOf binds a session's row together: whoever has the database alone cannot
// make their own session another person's.
func (s *Sessions) pinOf(r sessionRow) []byte {
	return s.people.pins.Pin("session", r.TokenHash, r.PersonID[:], r.UnitID[:], []byte(r.Role))
}

// countAttempt counts before the work is done and fails closed: when it cannot
// count, nobody gets in.
func (s *Sessions) countAttempt(ctx context.Context, bucket, subject string) error {
	sum := sha256.Sum256([]byte(bucket + "\x00" + subject))
	var count int
	err := s.db.InTx(ctx, Door(), func(tx postgres.Tx) (err error) {
		count, err = addAttempt(tx, bucket, sum[:], s.clock.Now().Truncate(signInWindow))
		return err
	})
	if err != nil {
		return fmt.Errorf("count attempt: %w", err)
	}
	if count > signInAttempts {
		return fault.New(fault.TooMany, "problem.too_many")
	}
	return nil
}
