package web

import (
	"context"
	"sync"
	"time"
)

// Bell wakes all streams of one kind at once, so that they share one
// connection to the record instead of holding one each.
type Bell struct {
	mu      sync.Mutex
	streams map[chan struct{}]bool
	stopped bool
}

// Listener calls ring after each notice on the channel until ctx ends or the
// connection breaks.
type Listener interface {
	Listen(ctx context.Context, channel string, ring func()) error
}

// NewBell returns a bell that nobody listens to yet.
func NewBell() *Bell { return &Bell{streams: map[chan struct{}]bool{}} }

// Follow rings the bell for each notice on the channel until ctx ends; then it
// stops the bell, which ends all streams. It comes back after a broken
// connection; streams look by themselves meanwhile, at each beat.
func (b *Bell) Follow(ctx context.Context, l Listener, channel string) {
	const first, last = 250 * time.Millisecond, 10 * time.Second
	wait := first
	for ctx.Err() == nil {
		_ = l.Listen(ctx, channel, func() {
			wait = first
			b.Ring()
		})
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
		wait = min(2*wait, last)
	}
	b.Stop()
}

// Ring wakes every stream. One that has not looked since the last time will.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for wake := range b.streams {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// Stop ends every stream, now and later.
func (b *Bell) Stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
	for wake := range b.streams {
		close(wake)
	}
	clear(b.streams)
}

// Subscribe returns what wakes one stream, and what to call when it has ended.
func (b *Bell) Subscribe() (wake <-chan struct{}, leave func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	own := make(chan struct{}, 1)
	if b.stopped {
		close(own)
		return own, func() {}
	}
	b.streams[own] = true
	return own, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.streams, own)
	}
}
