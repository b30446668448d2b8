package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/seal"
)

// policyCmd is law as data. On the site two licensing officers set it.
type policyCmd struct {
	Show policyShowCmd `cmd:"" help:"Print what holds today, and what is not configured."`
	Load policyLoadCmd `cmd:"" help:"Write down what a source documents of a country's law, and leave the rest unset."`
	Set  policySetCmd  `cmd:"" help:"Set one law, from a day on. It takes the key folder."`
}

type policyShowCmd struct {
	dataFlag
	JSON bool `help:"Print JSON."`
}

type shownPolicy struct {
	Key    policy.Key      `json:"key"`
	Value  json.RawMessage `json:"value,omitempty"` // absent: not configured
	From   string          `json:"from,omitempty"`
	Source string          `json:"source,omitempty"`
}

// Run prints one line a law.
func (c *policyShowCmd) Run(p *program) error {
	return c.withLaws(p, func(ctx context.Context, s *policy.Service) error {
		book, err := s.All(ctx, identity.Setup("policy"))
		if err != nil {
			return err
		}
		var all []shownPolicy
		for _, law := range policy.Laws() {
			line := shownPolicy{Key: law.Key}
			if e, set := book.On(law.Key, s.Today()); set {
				line.Value, line.From, line.Source = e.Value, e.From.Format(time.DateOnly), e.Source
			}
			all = append(all, line)
		}
		if c.JSON {
			return json.NewEncoder(p.stdout).Encode(all)
		}
		return printPolicies(p.stdout, all, book.Forged)
	})
}

func printPolicies(to io.Writer, all []shownPolicy, forged int) error {
	table := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	for _, line := range all {
		if line.Value == nil {
			fmt.Fprintf(table, "%s\tnot configured\n", line.Key)
			continue
		}
		fmt.Fprintf(table, "%s\tsince %s\t%s\t%s\n", line.Key, line.From, line.Value, line.Source)
	}
	if forged > 0 {
		fmt.Fprintf(table, "%d rows in the database were not written by the portal and are not followed\n", forged)
	}
	return table.Flush()
}

type policyLoadCmd struct {
	dataFlag
	Country string `arg:"" help:"Whose: ${countries}."`
}

// Run loads it.
func (c *policyLoadCmd) Run(p *program) error {
	return c.withLaws(p, func(ctx context.Context, s *policy.Service) error {
		n, err := s.Load(ctx, identity.Setup("policy"), c.Country)
		if err != nil {
			return fmt.Errorf("no law of that country comes with the portal, or the record refuses it: %w", err)
		}
		fmt.Fprintf(p.stdout, "%d laws were written down. What is not documented stays unset: portal policy show\n", n)
		return nil
	})
}

type policySetCmd struct {
	dataFlag
	Key    string    `arg:"" help:"Which law; portal policy show lists them."`
	Value  string    `arg:"" help:"Its value as JSON, as portal policy show prints it."`
	From   time.Time `help:"The day from which it holds." required:"" format:"2006-01-02" placeholder:"YYYY-MM-DD"`
	Source string    `help:"The law with its article, or whose rule it is." required:""`
}

// Run writes it down.
func (c *policySetCmd) Run(p *program) error {
	return c.withLaws(p, func(ctx context.Context, s *policy.Service) error {
		e := policy.Entry{Key: policy.Key(c.Key), Value: json.RawMessage(c.Value), From: c.From, Source: c.Source}
		var wrong policy.Problems
		err := s.Set(ctx, identity.Setup("policy"), e)
		switch {
		case errors.As(err, &wrong):
			for field, problem := range wrong {
				fmt.Fprintf(p.stderr, "%s: %s %v\n", field, problem.Code, problem.Args)
			}
			return errors.New("the value is not as that law wants it; nothing was written")
		case err != nil:
			return fmt.Errorf("no such law, or one of that day is there: %w", err)
		}
		fmt.Fprintf(p.stdout, "%s holds from %s on\n", c.Key, c.From.Format(time.DateOnly))
		return nil
	})
}

// withLaws opens what law needs: the record and the pins of the key folder.
func (f dataFlag) withLaws(p *program, do func(context.Context, *policy.Service) error) (err error) {
	at, err := f.find(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	db, err := at.open(p.ctx, "policy")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	pins, err := readPins(at)
	if err != nil {
		return err
	}
	return do(p.ctx, lawsOver(at, db, pins))
}

func lawsOver(at *record, db *postgres.DB, pins seal.Pins) *policy.Service {
	return policy.New(db, clock.System{}, country.Home{Code: at.conf.Country, Zone: at.conf.Zone}, pins)
}

// readPins reads the secret of the pins and makes no key.
func readPins(at *record) (seal.Pins, error) {
	if at.conf.KeysDir == "" {
		return seal.Pins{}, errors.New("PORTAL_KEYS is not set: name the folder of the key files")
	}
	secret, err := seal.ReadSecret(seal.SecretFile(at.conf.KeysDir, seal.SecretPins))
	if err != nil {
		return seal.Pins{}, err
	}
	return seal.NewPins(secret), nil
}

// lawHealth tells what is not configured, which is no failure, and what somebody
// wrote past the portal, which is one.
func lawHealth(ctx context.Context, at *record, db *postgres.DB) error {
	pins, err := readPins(at)
	if errors.Is(err, fs.ErrNotExist) || at.conf.KeysDir == "" {
		return fmt.Errorf("%w: the key folder has no secrets yet", errNotChecked)
	}
	if err != nil {
		return err
	}
	s := lawsOver(at, db, pins)
	book, err := s.All(ctx, identity.Setup("policy"))
	if err != nil {
		return err
	}
	if book.Forged > 0 {
		return fmt.Errorf("%d laws in the database were not written by the portal: they are not followed", book.Forged)
	}
	var unset []string
	for _, l := range policy.Laws() {
		if _, set := book.On(l.Key, s.Today()); !set {
			unset = append(unset, string(l.Key))
		}
	}
	if len(unset) == 0 {
		return nil
	}
	return fmt.Errorf("%w, and so not checked: %s", errNotConfigured, strings.Join(unset, ", "))
}
