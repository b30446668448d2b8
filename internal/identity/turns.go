package identity

import (
	"context"

	"github.com/fairpassage/portal/internal/fault"
)

// turns lets so many passphrases be stretched at the same time, 46 MiB each, and
// so many more wait for it. Nobody is kept out for what others did a minute ago:
// who finds the queue full may try again at once, and has as much of the machine
// as anybody else.
type turns struct{ places, queue chan struct{} }

// Whoever is unknown has two places and a queue of about a second. Whoever the
// portal has reason to believe has one of their own, so that a flood of strangers
// does not keep them waiting.
func turnsOfStrangers() turns { return newTurns(2, 30) }
func turnsOfKnown() turns     { return newTurns(1, 30) }

func newTurns(places, waiting int) turns {
	return turns{places: make(chan struct{}, places), queue: make(chan struct{}, places+waiting)}
}

// take waits for a place. Who finds the queue full, or waits until the request
// ends, gets an Unavailable fault.
func (t turns) take(ctx context.Context, stretch func() error) error {
	select {
	case t.queue <- struct{}{}:
	default:
		return fault.New(fault.Unavailable, "problem.503.title")
	}
	defer func() { <-t.queue }()
	select {
	case t.places <- struct{}{}:
	case <-ctx.Done():
		return fault.New(fault.Unavailable, "problem.503.title")
	}
	defer func() { <-t.places }()
	return stretch()
}

// compare unlocks the verifier in its turn.
func compare(ctx context.Context, in turns, verifier, passphrase string) (under []byte, ok bool, err error) {
	err = in.take(ctx, func() error {
		under, ok = unlock(verifier, passphrase)
		return nil
	})
	return under, ok, err
}

// newSecret derives a secret for storing, in its turn.
func (s *Sessions) newSecret(ctx context.Context, passphrase string) (secret Secret, err error) {
	err = s.known.take(ctx, func() error {
		secret, err = NewSecret(passphrase)
		return err
	})
	return secret, err
}
