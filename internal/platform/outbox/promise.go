package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Promise is one piece of work. It carries ids only.
type Promise struct {
	ID        uuid.UUID
	Topic     string    // "noun.verb", what to do
	SubjectID uuid.UUID // to which record
	Dedupe    string    // when set, a second promise of this name is not made
	RunAfter  time.Time // not before; zero means at once
	Attempt   int       // grows with each ring and each beginning: tells the present one from those before
	Tries     int       // how often a handler began on it
}

// ErrUnknown says that no such promise was made.
var ErrUnknown = errors.New("outbox: unknown promise")

// Append makes the promise within the caller's transaction. ID, Attempt and
// Tries of p are ignored. A promise whose Dedupe is already taken is silently the same
// promise.
func Append(tx postgres.Tx, p Promise) error {
	if err := insert(tx, id.New(), p); err != nil {
		return fmt.Errorf("promise %s: %w", p.Topic, err)
	}
	return nil
}

// Fulfil runs fn for the promise and writes down that it is kept, in one
// transaction. While it runs nobody else can fulfil the same promise; when it
// is already kept, fn is not called and Fulfil returns nil. fn must do
// nothing slow or remote.
func Fulfil(ctx context.Context, db *postgres.DB, actor postgres.Actor, promiseID uuid.UUID, fn func(postgres.Tx, Promise) error) error {
	return db.InTx(ctx, actor, func(tx postgres.Tx) error {
		p, kept, err := lock(tx, promiseID)
		if err != nil || kept {
			return err
		}
		if err := fn(tx, p); err != nil {
			return err
		}
		return markKept(tx, promiseID)
	})
}

// Load reads a promise without locking it, for handlers whose effect lies
// outside the database: they do it, then Fulfil with a no-op or a note of it.
// kept tells that there is nothing left to do.
func Load(ctx context.Context, db *postgres.DB, actor postgres.Actor, promiseID uuid.UUID) (p Promise, kept bool, err error) {
	err = db.Read(ctx, actor, func(tx postgres.Tx) error {
		p, kept, err = find(tx, promiseID)
		return err
	})
	return p, kept, err
}
