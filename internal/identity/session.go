package identity

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/go-webauthn/webauthn/webauthn"
)

// How long a session lasts: without a request, and in all.
const (
	staffIdle, staffLife = 30 * time.Minute, 8 * time.Hour
	// seen_at is written at most this often, so that a page of many requests
	// is not as many writes.
	seenEvery = time.Minute
	// freshLife is how long a second factor counts for deeds that ask for one.
	freshLife = 10 * time.Minute
)

// Session is a recognised visitor.
type Session struct {
	Actor     Actor
	Email     string            // staff: the person's address
	Name      string            // staff: the person's name
	UnitName  map[string]string // staff: language → name
	Language  string            // staff: preferred language
	SealedKey []byte            // what the session's token opens
	// Guarded says that the person has a second factor. Outside a demonstration
	// whoever has none enrols one before anything else.
	Guarded bool
	// Fresh says that the person showed who they are in the last ten minutes.
	Fresh bool
}

// Member unlocks the signed-in person's own key with the session's token; the
// zero Member, which opens nothing, for somebody without one.
func (s Session) Member(token string) (seal.Member, error) {
	if s.Actor.Kind != KindStaff || len(s.SealedKey) == 0 {
		return seal.Member{}, nil
	}
	return seal.MemberFromSession(token, s.Actor.PersonID, s.SealedKey)
}

// Sessions opens, recognises and ends sessions. They live in PostgreSQL, so
// that several web processes share them and ending one is immediate.
type Sessions struct {
	db     *postgres.DB
	clock  clock.Clock
	people *People
	// relying knows security keys; nil where the site's address allows none.
	relying *webauthn.WebAuthn
	// comparing holds a place for each passphrase that is being compared.
	comparing chan struct{}
}

// NewSessions returns the sessions kept in db, of these people.
func NewSessions(db *postgres.DB, people *People) *Sessions {
	return &Sessions{db: db, clock: people.clock, people: people, comparing: make(chan struct{}, compareAtOnce)}
}

// newToken returns 128 bits or more from the system's randomness, as text. The
// database keeps its hash only.
func newToken() string { return rand.Text() }

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Recognise returns the session of staff that the token belongs to. A token that is
// unknown, ended, idle for too long or of a deactivated person is a NotFound
// fault.
func (s *Sessions) Recognise(ctx context.Context, token string) (Session, error) {
	if token == "" {
		return Session{}, signedOut()
	}
	var found sessionRow
	now := s.clock.Now()
	err := s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		var err error
		if found, err = findSession(tx, hashToken(token)); err != nil {
			return err
		}
		if !s.genuine(found) || !found.alive(now) {
			return signedOut()
		}
		if now.Sub(found.SeenAt) < seenEvery {
			return nil
		}
		return touchSession(tx, found.ID, now)
	})
	if err != nil {
		return Session{}, fmt.Errorf("recognise session: %w", err)
	}
	recognised, err := found.session()
	recognised.Fresh = now.Before(recognised.Actor.FreshUntil)
	return recognised, err
}

// genuine reports whether the session, the membership and the credential behind
// it, and the account's return where it was closed once, were all written by the
// portal.
func (s *Sessions) genuine(r sessionRow) bool {
	return s.people.genuine(r.membership()) && s.people.genuineCredential(r.PersonID, r.Verifier, r.Guarded, r.CredentialPin) &&
		s.people.Returned(r.PersonID, r.Closings, r.ReturnPin) && hmac.Equal(r.Pin, s.pinOf(r))
}

// Close ends the actor's session at once. Ending an ended one is no error.
func (s *Sessions) Close(ctx context.Context, actor Actor) error {
	end := s.closeStaff
	if actor.Kind == KindReceipt {
		end = s.closeReceipt
	}
	if err := end(ctx, actor); err != nil {
		return fmt.Errorf("close session: %w", err)
	}
	return nil
}

func (s *Sessions) closeStaff(ctx context.Context, actor Actor) error {
	return s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		ended, err := revokeSession(tx, actor.SessionID, s.clock.Now())
		if err != nil || !ended {
			return err
		}
		return note(tx, actor, sessionEnded, aSession, actor.SessionID)
	})
}
