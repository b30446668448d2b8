package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Class is a word for why a promise is not kept yet. An error's text is never
// stored: it may quote what it stumbled over.
type Class string

// The classes.
const (
	ClassPanic    Class = "panic"    // the handler panicked
	ClassTimeout  Class = "timeout"  // it took longer than it may
	ClassDatabase Class = "database" // the record refused or did not answer
	ClassMail     Class = "mail"     // the mail server refused or did not answer
	ClassRefused  Class = "refused"  // a use case said no
	ClassInternal Class = "internal" // anything else
	ClassLost     Class = "lost"     // its handlers began and never came back
)

// DeadLetter is a promise that was given up.
type DeadLetter struct {
	Promise
	Error  Class
	DeadAt time.Time
}

// Begin writes down that a handler begins on the promise and renews its lease.
// attempt is that of the ring which called the handler, and is used up by it:
// a ring that came late, after the promise was rung anew, begins nothing, and
// none begins twice. Two handlers are at one promise only when one outlives
// its lease. ok is false when there is nothing to do: such a ring, or a promise
// that is kept or given up. A promise on which maxTries handlers began without
// an end is given up here, so that one that takes its process down each time
// does not do so for ever.
func Begin(ctx context.Context, db *postgres.DB, actor postgres.Actor, promiseID uuid.UUID, attempt, maxTries int) (p Promise, ok bool, err error) {
	err = db.InTx(ctx, actor, func(tx postgres.Tx) error {
		p, ok, err = begin(tx, promiseID, attempt, maxTries)
		return err
	})
	if err != nil {
		return Promise{}, false, fmt.Errorf("begin on a promise: %w", err)
	}
	return p, ok, nil
}

// Fail writes down that the attempt p failed. The promise is rung again from
// retryAt on; when maxTries handlers have begun it is given up and dead is true.
// A failure that comes too late, after the promise was rung anew, is ignored.
func Fail(ctx context.Context, db *postgres.DB, actor postgres.Actor, p Promise, class Class, retryAt time.Time, maxTries int) (dead bool, err error) {
	err = db.InTx(ctx, actor, func(tx postgres.Tx) error {
		dead, err = fail(tx, p, class, retryAt, maxTries)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("record a failure of %s: %w", p.Topic, err)
	}
	return dead, nil
}

// Release takes the beginning of the attempt p back, for a handler that was
// stopped with its process and is not to blame.
func Release(ctx context.Context, db *postgres.DB, actor postgres.Actor, p Promise) error {
	err := db.InTx(ctx, actor, func(tx postgres.Tx) error { return release(tx, p) })
	if err != nil {
		return fmt.Errorf("release a promise of %s: %w", p.Topic, err)
	}
	return nil
}

// Dead lists up to limit promises that were given up, newest first.
func Dead(ctx context.Context, db *postgres.DB, actor postgres.Actor, limit int) (letters []DeadLetter, err error) {
	err = db.Read(ctx, actor, func(tx postgres.Tx) error {
		letters, err = dead(tx, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w", err)
	}
	return letters, nil
}

// CountDead returns how many promises were given up.
func CountDead(ctx context.Context, db *postgres.DB, actor postgres.Actor) (n int, err error) {
	err = db.Read(ctx, actor, func(tx postgres.Tx) error {
		n, err = countDead(tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count dead letters: %w", err)
	}
	return n, nil
}

// Revive lets a promise that was given up begin anew, at once and with all its
// tries. ErrUnknown when no such promise is dead.
func Revive(ctx context.Context, db *postgres.DB, actor postgres.Actor, promiseID uuid.UUID) error {
	return db.InTx(ctx, actor, func(tx postgres.Tx) error { return revive(tx, promiseID) })
}
