package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migration is one numbered file and when it was applied.
type Migration struct {
	Version int64
	Name    string
	Applied bool
}

// Migrator runs the numbered files under the owner role, one process at a time.
type Migrator struct {
	db       *sql.DB
	provider *goose.Provider
}

// NewMigrator opens ownerURL and reads the numbered files of files.
func NewMigrator(ownerURL string, files fs.FS) (*Migrator, error) {
	conf, err := pgx.ParseConfig(ownerURL)
	if err != nil {
		return nil, errUnreadableURL
	}
	db := stdlib.OpenDB(*conf)
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("prepare the migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return &Migrator{db: db, provider: provider}, nil
}

// Up applies what is missing and returns how many files that were.
func (m *Migrator) Up(ctx context.Context) (int, error) {
	results, err := m.provider.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate up: %w", err)
	}
	return len(results), nil
}

// Down takes the newest file back and returns its name.
func (m *Migrator) Down(ctx context.Context) (name string, err error) {
	result, err := m.provider.Down(ctx)
	if err != nil {
		return "", fmt.Errorf("migrate down: %w", err)
	}
	return result.Source.Path, nil
}

// Status lists all files, oldest first.
func (m *Migrator) Status(ctx context.Context) ([]Migration, error) {
	list, err := m.provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read migration status: %w", err)
	}
	out := make([]Migration, 0, len(list))
	for _, s := range list {
		out = append(out, Migration{Version: s.Source.Version, Name: s.Source.Path, Applied: s.State == goose.StateApplied})
	}
	return out, nil
}

// Close ends the owner's connections.
func (m *Migrator) Close() error { return m.db.Close() }
