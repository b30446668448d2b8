package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// How long the session of a receipt's holder lasts: without a request, and in
// all.
const receiptIdle, receiptLife = 15 * time.Minute, time.Hour

// OpenReceipt opens a session for the holder of the receipt with that look-up
// hash and returns its token. seal gets the new token and returns what only
// that token shall open again. A receipt that is not on record is a NotFound
// fault.
func (s *Sessions) OpenReceipt(ctx context.Context, receiptHash []byte, seal func(token string) ([]byte, error)) (string, error) {
	if s.receiptsFlooded(ctx) {
		return "", tooMany()
	}
	token := newToken()
	sealed, err := seal(token)
	if err != nil {
		return "", fmt.Errorf("seal to session: %w", err)
	}
	now := s.clock.Now()
	row := receiptRow{ID: id.New(), SealedKey: sealed, SeenAt: now, ExpiresAt: now.Add(receiptLife)}
	err = s.db.InTx(ctx, Public(), func(tx postgres.Tx) error {
		return openReceipt(tx, receiptHash, hashToken(token), row)
	})
	if fault.KindOf(err) == fault.NotFound {
		s.missedReceipt(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("open receipt session: %w", err)
	}
	return token, nil
}

// RecogniseReceipt returns the session of a receipt's holder. A token that is
// unknown, ended or idle for too long is a NotFound fault.
func (s *Sessions) RecogniseReceipt(ctx context.Context, token string) (Session, error) {
	if token == "" {
		return Session{}, signedOut()
	}
	var found receiptRow
	now, hash := s.clock.Now(), hashToken(token)
	err := s.db.InTx(ctx, Public(), func(tx postgres.Tx) (err error) {
		if found, err = findReceipt(tx, hash); err != nil {
			return err
		}
		if !found.alive(now) {
			return signedOut()
		}
		if now.Sub(found.SeenAt) < seenEvery {
			return nil
		}
		return touchReceipt(tx, hash, now)
	})
	if err != nil {
		return Session{}, fmt.Errorf("recognise receipt session: %w", err)
	}
	return Session{
		Actor:     Actor{Kind: KindReceipt, ComplaintID: found.ComplaintID, SessionID: found.ID, Proof: hash},
		SealedKey: found.SealedKey,
	}, nil
}

func (s *Sessions) closeReceipt(ctx context.Context, actor Actor) error {
	return s.db.InTx(ctx, actor, func(tx postgres.Tx) error { return closeReceipt(tx, actor.Proof, s.clock.Now()) })
}

// receiptRow is the session of a receipt's holder.
type receiptRow struct {
	ID          uuid.UUID
	ComplaintID uuid.UUID
	SealedKey   []byte
	SeenAt      time.Time
	ExpiresAt   time.Time
	RevokedAt   *time.Time
}

func (r receiptRow) alive(now time.Time) bool {
	return r.RevokedAt == nil && now.Before(r.ExpiresAt) && now.Sub(r.SeenAt) < receiptIdle
}

func signedOut() error { return fault.New(fault.NotFound, "problem.signed_out") }
