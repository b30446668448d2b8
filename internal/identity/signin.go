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
	// Choosing says the same of the choice among several roles.
	Choosing bool
	Token    string
	Actor    Actor
	// KeyID is the fingerprint of the key that somebody just got, who has no role
	// yet and cannot look it up: whoever approves one compares it. "" otherwise.
	KeyID string
	// Device is the mark for the browser to keep; "" when halfway.
	Device string
}

// arrival is somebody who showed all that a step of signing in asks.
type arrival struct {
	hats   []personRow // what they are: their genuine memberships, one at least
	member seal.Member
	// also has to be true in the transaction that takes them on.
	also func(postgres.Tx) error
}

// notRecognised is the one answer to a wrong address, a wrong passphrase, a
// deactivated person and a person without a unit.
func notRecognised() error { return fault.Field("email", "account.not_recognised") }

// SignIn compares the passphrase and opens a staff session, the second step for
// somebody with a second factor, or the choice for somebody with several roles.
// Whatever is wrong with the address or the
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
		hats, err = s.people.hats(tx, email)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("sign in: %w", err)
	}
	who := first(hats)
	queue := s.strangers
	if s.device(in.Device, email) != nil {
		queue = s.known
	}
	// Outside the transaction: it is slow on purpose. An unknown address is
	// compared with an unreadable verifier, for the same time.
	under, matches, err := compare(ctx, queue, who.Verifier, in.Passphrase)
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
	came := arrival{hats: hats, member: member, also: func(tx postgres.Tx) error { return forgive(tx, hits) }}
	if who.Guarded {
		return s.openHalfway(ctx, came, false)
	}
	return s.pass(ctx, came)
}

// pass opens the session of somebody of whom nothing more is asked, or the
// choice among their roles.
func (s *Sessions) pass(ctx context.Context, a arrival) (Entry, error) {
	if len(a.hats) > 1 {
		return s.openHalfway(ctx, a, true)
	}
	return s.open(ctx, a.hats[0], a.member, s.clock.Now(), a.also)
}

// open begins the session, with what also has to be true for it in the same
// transaction. The person's own key goes along, closed under the session's
// token. shown is when they showed who they are.
func (s *Sessions) open(ctx context.Context, who personRow, member seal.Member, shown time.Time, also func(postgres.Tx) error) (Entry, error) {
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
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(staffLife), FreshAt: shown,
	}
	row.Pin = s.pinOf(row)
	actor := who.actor(row.ID)
	actor.FreshUntil = shown.Add(freshLife)
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
