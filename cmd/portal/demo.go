package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/demo"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/platform/clock"
)

// demoSeed chooses the world of the demonstration.
const demoSeed = 1

// demoCmd is about the demonstration country.
type demoCmd struct {
	Accounts demoAccountsCmd `cmd:"" help:"List the demonstration accounts."`
	Seed     demoSeedCmd     `cmd:"" help:"Fill an empty record with the demonstration."`
}

type demoAccountsCmd struct {
	dataFlag
	JSON bool `help:"One JSON array of email, password, role and unit."`
}

// Run lists the accounts of the demonstration. They are the same on every
// machine and exist in demonstration mode only, so no record is opened.
func (c *demoAccountsCmd) Run(p *program) error {
	accounts := demo.Accounts()
	if c.JSON {
		out := json.NewEncoder(p.stdout)
		out.SetEscapeHTML(false)
		if err := out.Encode(accounts); err != nil { //nolint:gosec // G117: the invented passphrase of a demonstration is no secret
			return fmt.Errorf("write accounts: %w", err)
		}
		return nil
	}
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for _, a := range accounts {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", a.Email, a.Password, a.Role, a.Unit)
	}
	return table.Flush()
}

type demoSeedCmd struct{ dataFlag }

var errNotDemo = errors.New("PORTAL_DEMO is not true: demonstration data go into a demonstration only")

// Run seeds the record that the environment or --data names. It refuses one
// that has people of its own, and does nothing the second time.
func (c *demoSeedCmd) Run(p *program) (err error) {
	at, err := c.find(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	if !at.conf.Demo {
		return errNotDemo
	}
	w, err := openWorkplace(p, at, "demo")
	if err != nil {
		return err
	}
	defer w.close()
	return w.seed(p.ctx)
}

// seed makes what is not there yet of the demonstration.
func (w *workplace) seed(ctx context.Context) error {
	// Thousands at once: it waits where people would not.
	hasher, err := newHasher(w.conf, w.subjects.keys, patienceOfImport)
	if err != nil {
		return err
	}
	return demo.Seed(ctx, demo.Deps{
		DB: w.db, Clock: w.subjects.clock, Home: w.subjects.home, Seed: demoSeed,
		Hasher: hasher, People: w.subjects.people, Desks: w.subjects.desks, Agencies: w.subjects.agencies, Keep: w.subjects.retention.ChangePolicy, Law: w.subjects.laws.Load,
		FilerAt: func(clk clock.Clock) (demo.Filer, error) {
			past := w.subjects.complaints.Dependencies
			past.Clock = clk
			return complaint.NewService(past)
		},
		InspectionsAt: func(clk clock.Clock) *inspection.Service {
			past := w.subjects.inspections.Deps
			past.Clock = clk
			return inspection.New(past)
		},
		GuaranteesAt: func(clk clock.Clock) *guarantee.Service {
			past := w.subjects.guarantees.Deps
			past.Clock = clk
			return guarantee.New(past)
		},
	})
}
