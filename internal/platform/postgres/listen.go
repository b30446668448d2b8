package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Listen calls ring after each NOTIFY on the channel, and once when it starts
// to listen. It returns when ctx ends or the connection breaks; the caller
// decides whether to come back. It holds one connection of its own.
func (d *DB) Listen(ctx context.Context, channel string, ring func()) error {
	conn, err := pgx.Connect(ctx, d.url)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", channel, err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return fmt.Errorf("listen on %s: %w", channel, err)
	}
	ring()
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return fmt.Errorf("listen on %s: %w", channel, err)
		}
		ring()
	}
}
