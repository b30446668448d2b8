package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Claim takes promises of the topic that are due at due, oldest first, and
// writes down that they are being rung, so that no other relay rings them. At
// most room promises of a topic are rung and unfinished at any time: what Redis
// holds stays short, and a backlog waits here, where nothing forgets it.
//
// The caller rings only after Claim returned, and puts back what it could not
// ring.
func Claim(ctx context.Context, db *postgres.DB, actor postgres.Actor, topic string, due time.Time, room int) (claimed []Promise, err error) {
	err = db.InTx(ctx, actor, func(tx postgres.Tx) error {
		claimed, err = claim(tx, topic, due, room)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim promises of %s: %w", topic, err)
	}
	return claimed, nil
}

// PutBack undoes the claim of a promise whose bell could not be rung; it is
// claimed again from until on. A promise that was rung anew, kept or given up
// meanwhile is left alone.
func PutBack(ctx context.Context, db *postgres.DB, actor postgres.Actor, p Promise, until time.Time) error {
	err := db.InTx(ctx, actor, func(tx postgres.Tx) error { return putBack(tx, p, until) })
	if err != nil {
		return fmt.Errorf("put back a promise of %s: %w", p.Topic, err)
	}
	return nil
}

// Sweep makes promises claimable again whose bell was rung longer than lease
// ago and which are still open: Redis lost them, or their handler died. The
// lease counts by the clock of the database, which all processes share; it
// must be longer than any handler may run. It returns how many there were.
func Sweep(ctx context.Context, db *postgres.DB, actor postgres.Actor, lease time.Duration) (swept int, err error) {
	err = db.InTx(ctx, actor, func(tx postgres.Tx) error {
		swept, err = sweep(tx, lease)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sweep promises: %w", err)
	}
	return swept, nil
}

// Oldest returns how long before due the oldest unfinished promise was due,
// and 0 when none is late. A failing promise keeps its first due time, and a
// topic that no worker knows counts as well.
func Oldest(ctx context.Context, db *postgres.DB, actor postgres.Actor, due time.Time) (age time.Duration, err error) {
	err = db.Read(ctx, actor, func(tx postgres.Tx) error {
		first, err := oldest(tx, due)
		if err == nil && first != nil {
			age = max(0, due.Sub(*first))
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("look for the oldest promise: %w", err)
	}
	return age, nil
}
