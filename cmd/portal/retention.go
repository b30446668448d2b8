package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/retention"
)

// retentionCmd says how long what is kept.
type retentionCmd struct {
	Show retentionShowCmd `cmd:"" help:"Print the rules in force, and what is not configured."`
	Set  retentionSetCmd  `cmd:"" help:"Set how long a kind is kept, from a day on. It takes the key folder."`
}

type retentionShowCmd struct{ dataFlag }

// Run prints one line a kind.
func (c *retentionShowCmd) Run(p *program) error {
	return c.with(p, func(ctx context.Context, s *retention.Service) error {
		rules, forged, err := s.Policies(ctx, identity.Setup("retention"))
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
		for _, kind := range retention.Kinds() {
			if r, set := rules[kind]; set {
				fmt.Fprintf(table, "%s\t%d days\tsince %s\t%s\n", kind, r.Days, r.From.Format(time.DateOnly), r.Source)
				continue
			}
			fmt.Fprintf(table, "%s\tnot configured: kept\n", kind)
		}
		if forged > 0 {
			fmt.Fprintf(table, "%d rules in the database were not written by the portal and are not followed\n", forged)
		}
		return table.Flush()
	})
}

type retentionSetCmd struct {
	dataFlag
	Kind   string    `arg:"" help:"What: narrative, answers, identity, contact, originals, evidence, sessions, receipt_sessions, attempts, import_rejections, mail_deliveries."`
	Days   int       `arg:"" help:"How many days."`
	From   time.Time `help:"The day from which it holds." required:"" format:"2006-01-02" placeholder:"YYYY-MM-DD"`
	Source string    `help:"The law with its article, or whose rule it is." required:""`
}

// Run writes the rule down.
func (c *retentionSetCmd) Run(p *program) error {
	return c.with(p, func(ctx context.Context, s *retention.Service) error {
		rule := retention.Policy{Kind: retention.Kind(c.Kind), Days: c.Days, From: c.From, Source: c.Source}
		if err := s.SetPolicy(ctx, identity.Setup("retention"), rule); err != nil {
			return fmt.Errorf("no such kind, no days, or a rule of that kind and day is there: %w", err)
		}
		fmt.Fprintf(p.stdout, "%s is kept for %d days from %s on\n", c.Kind, c.Days, c.From.Format(time.DateOnly))
		return nil
	})
}

// with opens what the rules need: the record and the pins of the key folder.
func (f dataFlag) with(p *program, do func(context.Context, *retention.Service) error) (err error) {
	at, err := f.find(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	db, err := at.open(p.ctx, "retention")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	s, err := rulesOver(at, db, noKeys{})
	if err != nil {
		return err
	}
	return do(p.ctx, s)
}

// rulesOver reads the pins and makes no key.
func rulesOver(at *record, db *postgres.DB, keys retention.Keys) (*retention.Service, error) {
	pins, err := readPins(at)
	if err != nil {
		return nil, err
	}
	return retention.New(retention.Deps{
		DB: db, Clock: clock.System{}, Random: rand.Reader, Keys: keys, Pins: pins, Log: slog.New(slog.DiscardHandler),
	})
}

// noKeys is for what reads and sets rules: it deletes nothing.
type noKeys struct{ retention.Keys }

var errNotConfigured = errors.New("not configured")

// retentionHealth looks at the store of shred keys, at the rules, at the liftings
// of holds and at the deletions. What is not configured is kept, which is no failure.
func retentionHealth(ctx context.Context, at *record, db *postgres.DB) (store, rules error) {
	store = shredHealth(ctx, at, db)
	s, err := rulesOver(at, db, noKeys{})
	if errors.Is(err, fs.ErrNotExist) || at.conf.KeysDir == "" {
		return store, fmt.Errorf("%w: the key folder has no secrets yet", errNotChecked)
	}
	if err != nil {
		return store, err
	}
	unset, forged, err := s.Unset(ctx, identity.System("doctor"))
	if err != nil {
		return store, err
	}
	liftings, err := s.ForgedLiftings(ctx, identity.System("doctor"))
	if err != nil {
		return store, err
	}
	deletions, err := s.ForgedShreddings(ctx, identity.System("doctor"))
	switch {
	case err != nil:
		return store, err
	case deletions > 0:
		return store, fmt.Errorf("%d deletions are written in the record, and the portal did not carry them out: their keys were left alone", deletions)
	case liftings > 0:
		return store, fmt.Errorf("%d holds are marked as lifted, and no two people lifted them through the portal: they are in force", liftings)
	case forged > 0:
		return store, fmt.Errorf("%d rules in the database were not written by the portal: they are not followed", forged)
	case len(unset) == 0:
		return store, nil
	}
	names := make([]string, len(unset))
	for i, kind := range unset {
		names[i] = string(kind)
	}
	return store, fmt.Errorf("%w, and so kept without end: %s", errNotConfigured, strings.Join(names, ", "))
}

// shredHealth opens the store that is there, and makes none.
func shredHealth(ctx context.Context, at *record, db *postgres.DB) error {
	if at.conf.ShredDir == "" {
		return fmt.Errorf("%w: PORTAL_SHRED is not set", errNotChecked)
	}
	if _, err := os.Stat(at.conf.ShredDir); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the folder is not there yet", errNotChecked)
	}
	s, err := openShred(ctx, at, db)
	if err != nil {
		return err
	}
	return s.Close()
}
