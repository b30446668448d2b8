package redis

import (
	"context"
	"fmt"
)

// Ping opens a connection, asks whether the server answers, and closes it.
func Ping(ctx context.Context, rawURL string) error {
	client, err := Open(rawURL)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	if err := client.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return nil
}
