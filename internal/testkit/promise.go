package testkit

import (
	"context"
	"testing"

	"github.com/google/uuid"
)

// Keep keeps every promise of a topic that is open, as the worker would.
func (d *Database) Keep(t testing.TB, topic string, keep func(ctx context.Context, promise uuid.UUID) error) {
	t.Helper()
	rows, err := d.Super(t).QueryContext(t.Context(), `SELECT id FROM promises WHERE topic = $1 AND kept_at IS NULL ORDER BY made_at, id`, topic)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var open []uuid.UUID
	for rows.Next() {
		var key uuid.UUID
		if err := rows.Scan(&key); err != nil {
			t.Fatal(err)
		}
		open = append(open, key)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, key := range open {
		if err := keep(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
}
