package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/redis"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/migrations"
)

// longestWait is how old an unfinished promise may be before the portal says
// that it is not ready: somebody must look.
const longestWait = 5 * time.Minute

var errWaiting = errors.New("a promise has waited for more than five minutes")

// ready reports whether this process can take work: the record and the
// doorbell answer, and no promise waits for too long. The log says what does
// not; the page that asks does not.
func (w *workplace) ready(ctx context.Context) error {
	for _, check := range []struct {
		name string
		run  func() error
	}{
		{"the database answers", func() error { return w.db.Ping(ctx) }},
		{"Redis answers", func() error { return redis.Ping(ctx, w.conf.RedisURL) }},
		{"the vault answers", func() error { return vaultAnswers(ctx, w.conf) }},
		{"no promise waits for too long", func() error { return nobodyWaits(ctx, w.db, w.subjects.clock.Now()) }},
	} {
		if err := check.run(); err != nil {
			w.log.Warn("not ready", "unless", check.name)
			return fmt.Errorf("%s: %w", check.name, err)
		}
	}
	return nil
}

func nobodyWaits(ctx context.Context, db *postgres.DB, now time.Time) error {
	age, err := outbox.Oldest(ctx, db, identity.System("doctor"), now)
	if err == nil && age > longestWait {
		err = fmt.Errorf("%w: the oldest for %s", errWaiting, age.Round(time.Second))
	}
	return err
}

// nothingGivenUp counts dead letters: no worker will do that work by itself.
func nothingGivenUp(ctx context.Context, db *postgres.DB) error {
	n, err := outbox.CountDead(ctx, db, identity.System("doctor"))
	if err == nil && n > 0 {
		err = fmt.Errorf("%d given up after too many failures: see \"Watching\" in docs/operations.md", n)
	}
	return err
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
	for _, check := range examine(p.ctx, at) {
		answer := "ok"
		if check.err != nil {
			// What was not checked is no failure: a process that serves is not
			// given the owner's address.
			answer, failed = check.err.Error(), failed || !errors.Is(check.err, errNotChecked) && !errors.Is(check.err, errNotConfigured)
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

var errNotChecked = errors.New("not checked")

type examined struct {
	name string
	err  error
}

func examine(ctx context.Context, at *record) []examined {
	db, err := at.open(ctx, "doctor")
	waits, givenUp, witnessed, shredKeys, configured, law, keyed := errNotChecked, errNotChecked, errNotChecked, errNotChecked, errNotChecked, errNotChecked, errNotChecked
	if err == nil {
		keyed = desksInOrder(ctx, at.conf, db)
		witnessed = auditHealth(ctx, at.conf, db)
		shredKeys, configured = retentionHealth(ctx, at, db)
		law = lawHealth(ctx, at, db)
		waits, givenUp = nobodyWaits(ctx, db, clock.System{}.Now()), nothingGivenUp(ctx, db)
		err = db.Close()
	}
	checks := []examined{
		{"database answers", err},
		{"schema is up to date", schemaCurrent(ctx, at)},
		{"Redis answers", redis.Ping(ctx, at.conf.RedisURL)},
		{"no promise waits for too long", waits},
		{"no promise was given up", givenUp},
		{"audit log has two witnesses", enoughWitnesses(at.conf)},
		{"audit log is witnessed", witnessed},
		{"desks have keys", keyed},
		{"shred keys are this record's", shredKeys},
		{"retention is configured", configured},
		{"law is configured", law},
	}
	if at.conf.Vault != "" {
		checks = append(checks, examined{"the vault answers", vaultAnswers(ctx, at.conf)},
			examined{"the matching key is with the vault alone", keyIsAway(at.conf)})
	}
	return checks
}

// enoughWitnesses asks nothing of a demonstration.
func enoughWitnesses(conf config.Config) error {
	if conf.Demo {
		return nil
	}
	return audit.EnoughWitnesses(len(conf.Witnesses))
}

func auditHealth(ctx context.Context, conf config.Config, db *postgres.DB) error {
	if conf.KeysDir == "" {
		return fmt.Errorf("%w: PORTAL_KEYS is not set", errNotChecked)
	}
	seed, err := seal.ReadSecret(seal.SecretFile(conf.KeysDir, seal.SecretAudit))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the key folder has no key of the audit log yet", errNotChecked)
	}
	if err != nil {
		return err
	}
	log, err := newAudit(conf, db, clock.System{}, seed, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return log.Health(ctx)
}

func schemaCurrent(ctx context.Context, at *record) error {
	if at.conf.DatabaseOwnerURL == "" {
		return fmt.Errorf("%w: DATABASE_OWNER_URL is not set", errNotChecked)
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
