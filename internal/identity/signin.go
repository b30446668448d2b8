package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
)

// compareAtOnce is how many passphrases are compared at the same time, 46 MiB
// each.
const compareAtOnce = 2

// Attempt is somebody at the door.
type Attempt struct {
	Email, Passphrase string
	// Device is the mark that the browser kept from an earlier sign-in, or "".
	Device string
}

// Entry is what a step of signing in leads to.
type Entry struct {
	// Halfway says that a second factor is awaited: Token is then good for that
	// step alone, for five minutes, and Actor is nobody.
	Halfway bool
	Token   string
	Actor   Actor
	// Device is the mark for the browser to keep; "" when halfway.
	Device string
}

// notRecognised is the one answer to a wrong address, a wrong passphrase, a
// deactivated person and a person without a unit.
func notRecognised() error { return fault.Field("email", "account.not_recognised") }

// SignIn compares the passphrase and opens a staff session, or the second step
// for somebody with a second factor. Whatever is wrong with the address or the
// passphrase, the answer is the same Invalid fault after the same work; too many
// attempts are a TooMany fault.
func (s *Sessions) SignIn(ctx context.Context, in Attempt) (Entry, error) {
	email := plainEmail(in.Email)
	hits := s.signInHits(email, in.Device)
	if err := s.take(ctx, hits...); err != nil {
		return Entry{}, err
	}
	var hats []personRow
	err := s.db.Read(ctx, Door(), func(tx postgres.Tx) (err error) {
		hats, err = findPerson(tx, email)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("sign in: %w", err)
	}
	who := s.people.genuineHat(hats)
	// Outside the transaction: it is slow on purpose. An unknown address is
	// compared with an unreadable verifier, for the same time.
	under, matches, err := s.compare(ctx, who.Verifier, in.Passphrase)
	if err != nil {
		return Entry{}, err
	}
	if !matches || who.DeactivatedAt != nil {
		return Entry{}, notRecognised()
	}
	member, err := memberOf(who, under)
	if err != nil {
		return Entry{}, fmt.Errorf("sign in: %w", err)
	}
	if who.Guarded {
		return s.openHalfway(ctx, who, member, hits)
	}
	return s.open(ctx, who, member, func(tx postgres.Tx) error { return forgive(tx, hits) })
}

// genuineHat returns the first membership that is what it says it is, of
// somebody whose passphrase is; the zero row when there is none.
func (p *People) genuineHat(hats []personRow) personRow {
	for _, h := range hats {
		if p.genuine(h.membership()) && p.genuineCredential(h.ID, h.Verifier, h.Guarded, h.CredentialPin) && p.Returned(h.ID, h.Closings, h.ReturnPin) {
			return h
		}
	}
	return personRow{}
}

// compare waits for its turn, so that a flood of sign-ins costs time and not all
// the memory there is. Who waits until the request ends gets an Unavailable
// fault.
func (s *Sessions) compare(ctx context.Context, verifier, passphrase string) (under []byte, ok bool, err error) {
	err = s.inTurn(ctx, func() error {
		under, ok = unlock(verifier, passphrase)
		return nil
	})
	return under, ok, err
}

// newSecret derives a secret for storing, in its turn.
func (s *Sessions) newSecret(ctx context.Context, passphrase string) (secret Secret, err error) {
	err = s.inTurn(ctx, func() error {
		secret, err = NewSecret(passphrase)
		return err
	})
	return secret, err
}

func (s *Sessions) inTurn(ctx context.Context, stretch func() error) error {
	select {
	case s.comparing <- struct{}{}:
	case <-ctx.Done():
		return fault.New(fault.Unavailable, "problem.503.title")
	}
	defer func() { <-s.comparing }()
	return stretch()
}

// open begins the session, with what also has to be true for it in the same
// transaction. The person's own key goes along, closed under the session's
// token.
func (s *Sessions) open(ctx context.Context, who personRow, member seal.Member, also func(postgres.Tx) error) (Entry, error) {
	token, now := newToken(), s.clock.Now()
	sealed, err := carry(member, token, who)
	if err != nil {
		return Entry{}, fmt.Errorf("open session: %w", err)
	}
	mark, err := s.deviceMark(who.Email)
	if err != nil {
		return Entry{}, fmt.Errorf("open session: %w", err)
	}
	row := sessionRow{
		ID: id.New(), TokenHash: hashToken(token),
		PersonID: who.ID, UnitID: *who.UnitID, Role: who.Role, SealedKey: sealed,
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(staffLife), FreshAt: now,
	}
	row.Pin = s.pinOf(row)
	actor := who.actor(row.ID)
	actor.FreshUntil = now.Add(freshLife)
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		if err := also(tx); err != nil {
			return err
		}
		if err := insertSession(tx, row); err != nil {
			return err
		}
		return note(tx, actor, sessionOpened, aSession, row.ID)
	})
	if err != nil {
		return Entry{}, fmt.Errorf("open session: %w", err)
	}
	return Entry{Token: token, Actor: actor, Device: mark}, nil
}

func forgive(tx postgres.Tx, hits []hit) error {
	for _, h := range hits {
		if err := forgiveAttempt(tx, h); err != nil {
			return err
		}
	}
	return nil
}

// memberOf opens the person's key with what their passphrase gives; the zero
// Member for somebody without one.
func memberOf(who personRow, under []byte) (seal.Member, error) {
	if who.Key == nil {
		return seal.Member{}, nil
	}
	return seal.UnwrapMember(who.ID, under, who.Key)
}

// carry closes the person's key under a token.
func carry(member seal.Member, token string, who personRow) ([]byte, error) {
	if member.Locked() {
		return nil, nil
	}
	return member.ToSession(token, who.ID)
}

// pinOf binds a session's row together: whoever has the database alone cannot
// make their own session another person's, nor a stale one fresh.
func (s *Sessions) pinOf(r sessionRow) []byte {
	return s.people.pins.Pin("session", r.TokenHash, r.PersonID[:], r.UnitID[:], []byte(r.Role),
		bytesOfTime(r.ExpiresAt), bytesOfTime(r.FreshAt))
}

// halfwayLife is how long the second step may take, and halfwayTries how many
// proofs it may be shown.
const (
	halfwayLife  = 5 * time.Minute
	halfwayTries = 5
)
