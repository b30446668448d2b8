package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/redis"
	"github.com/fairpassage/portal/migrations"
)

// longestWait is how old an unfinished promise may be before the portal says
// that it is not ready: somebody must look.
const longestWait = 5 * time.Minute

var errWaiting = errors.New("a promise has waited for more than five minutes")

// ready reports whether this process can take work: the record and the
// doorbell answer, and no promise waits for too long.
func (w *workplace) ready(ctx context.Context) error {
	if err := w.db.Ping(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	if err := redis.Ping(ctx, w.conf.RedisURL); err != nil {
		return fmt.Errorf("reach Redis: %w", err)
	}
	age, err := outbox.Oldest(ctx, w.db, identity.System("ready"), w.subjects.clock.Now())
	if err != nil {
		return fmt.Errorf("look for waiting promises: %w", err)
	}
	if age > longestWait {
		return errWaiting
	}
	return nil
}

// doctorCmd shows the configuration without its secrets and checks what the
// portal depends on.
type doctorCmd struct{ dataFlag }

// Run prints one line a check and fails when any did.
func (c *doctorCmd) Run(p *program) (err error) {
	at, err := c.find(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for _, s := range at.conf.Redacted() {
		fmt.Fprintf(table, "%s\t%s\n", s.Name, s.Value)
	}
	failed := false
	for _, check := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"database answers", func(ctx context.Context) error { return pingDatabase(ctx, at) }},
		{"schema is up to date", func(ctx context.Context) error { return schemaCurrent(ctx, at) }},
		{"Redis answers", func(ctx context.Context) error { return redis.Ping(ctx, at.conf.RedisURL) }},
	} {
		answer := "ok"
		if err := check.run(p.ctx); err != nil {
			answer, failed = err.Error(), true
		}
		fmt.Fprintf(table, "%s\t%s\n", check.name, answer)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if failed {
		return errors.New("something the portal depends on is not in order")
	}
	return nil
}

func pingDatabase(ctx context.Context, at *record) error {
	db, err := at.open(ctx, "doctor")
	if err != nil {
		return err
	}
	return db.Close()
}

func schemaCurrent(ctx context.Context, at *record) error {
	if at.conf.DatabaseOwnerURL == "" {
		return errors.New("not checked: DATABASE_OWNER_URL is not set")
	}
	m, err := postgres.NewMigrator(at.conf.DatabaseOwnerURL, migrations.FS)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	files, err := m.Status(ctx)
	if err != nil {
		return err
	}
	for _, f := range files {
		if !f.Applied {
			return fmt.Errorf("%s is pending: portal migrate up", f.Name)
		}
	}
	return nil
}
