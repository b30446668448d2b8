package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/views"
)

// keysCmd looks after the key folder and the keys of desks.
type keysCmd struct {
	Ensure   keysEnsureCmd   `cmd:"" help:"Make the key folder and the portal's secrets that are missing in it."`
	Create   keysCreateCmd   `cmd:"" help:"Make the first key of every desk that has members and no key."`
	List     keysListCmd     `cmd:"" help:"Show each desk's key, who holds it, its recovery shares and what waits."`
	Rotate   keysRotateCmd   `cmd:"" help:"Give a desk a new key, as a member of it, and wrap what it has anew."`
	Recover  keysRecoverCmd  `cmd:"" help:"Restore a desk's key that nobody can open, as a member of the desk."`
	Rehearse keysRehearseCmd `cmd:"" help:"Run the recovery with a key to throw away, with two holders of shares."`
}

// openKeys opens the key folder.
func openKeys(at *record) (*seal.Ring, error) {
	if at.conf.KeysDir == "" {
		return nil, errors.New("PORTAL_KEYS is not set: name the folder of the key files")
	}
	var elsewhere []seal.Secret
	if at.conf.Vault != "" {
		elsewhere = append(elsewhere, seal.SecretMatching)
	}
	return seal.Ensure(at.conf.KeysDir, elsewhere...)
}

type keysEnsureCmd struct{ dataFlag }

// Run makes missing secrets and tells what to do with the folder.
func (c *keysEnsureCmd) Run(p *program) (err error) {
	at, err := c.find(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	if _, err := openKeys(at); err != nil {
		return err
	}
	db, err := at.open(p.ctx, "keys")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	keys, err := openShred(p.ctx, at, db)
	if err != nil {
		return err
	}
	if err := keys.Close(); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "the store of shred keys %s is ready\nNever back it up: what is deleted must be deleted in backups too. Mirror it (PORTAL_SHRED_MIRROR): without it nothing that was sealed opens again.\n", at.conf.ShredDir)
	fmt.Fprintf(p.stdout, "the key folder %s is complete\nBack it up apart from the database: without it nobody signs in and no receipt is found.\nNext: portal keys create, once the desks have members.\n", at.conf.KeysDir)
	return nil
}

// locksmith is a command's way to the keys of desks.
type locksmith struct {
	desks     *desk.Service
	decisions *decision.Service
	sessions  *identity.Sessions
	asks      *secrets
	words     *views.Catalogue
	// demo: a second factor is optional.
	demo bool
}

// work opens the record and the key folder, and explains a fault in words.
func (f dataFlag) work(p *program, do func(l *locksmith) error) (err error) {
	at, err := f.find(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	db, err := at.open(p.ctx, "keys")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	keys, err := openKeys(at)
	if err != nil {
		return err
	}
	l, err := newLocksmith(p, db, keys)
	if err != nil {
		return err
	}
	defer l.asks.close()
	l.demo = at.conf.Demo
	return l.explain(do(l))
}

func newLocksmith(p *program, db *postgres.DB, keys *seal.Ring) (*locksmith, error) {
	clk := clock.System{}
	people := identity.NewPeople(keys.Pins(), clk)
	l := &locksmith{
		desks:    desk.New(desk.Deps{DB: db, Clock: clk, People: people, Pins: keys.Pins()}),
		sessions: identity.NewSessions(db, people),
	}
	var err error
	if l.decisions, err = decision.NewService(db, clk, people, l.desks.Rules()...); err != nil {
		return nil, err
	}
	if l.words, err = views.NewCatalogue(); err != nil {
		return nil, err
	}
	l.asks, err = openSecrets(p)
	return l, err
}

// explain says a fault in words.
func (l *locksmith) explain(err error) error {
	return inWords(l.words, err)
}

// member asks for the passphrase of the account, and for a code where it has a
// second factor, in the unit of that code or in their first one.
func (l *locksmith) member(p *program, email, unit string) (identity.Holder, error) {
	if email == "" {
		return identity.Holder{}, exitError{exitUsage, errors.New("--email is missing: whose key is it done with?")}
	}
	passphrase, err := l.asks.ask("Passphrase of " + email)
	if err != nil {
		return identity.Holder{}, err
	}
	return l.sessions.AtTerminal(p.ctx, identity.Terminal{
		Email: email, Passphrase: passphrase, Unit: unit, Optional: l.demo,
		Code: func(has identity.Codes) (string, error) { return l.asks.ask(wanted(has) + " of " + email) },
	})
}

func wanted(has identity.Codes) string {
	switch {
	case !has.Recovery:
		return "Code of the authenticator app"
	case !has.App:
		return "A security key does not work at a terminal. Recovery code"
	}
	return "Code of the authenticator app, or a recovery code,"
}

var operator = identity.Setup("keys")

type keysCreateCmd struct {
	dataFlag
	Unit []string `help:"Only these units, by code." placeholder:"CODE"`
}

// Run makes what is missing and says who can open it.
func (c *keysCreateCmd) Run(p *program) error {
	return c.work(p, func(l *locksmith) error {
		adopted, err := l.desks.Adopt(p.ctx, operator)
		if err != nil {
			return err
		}
		for _, unit := range adopted {
			fmt.Fprintf(p.stdout, "%s is taken up as it stands: look at its kind, its place and what it stands under\n", unit)
		}
		units := c.Unit
		if len(units) == 0 {
			all, err := l.desks.List(p.ctx, operator)
			if err != nil {
				return err
			}
			for _, o := range all {
				if o.KeyID == "" && o.Members > 0 {
					units = append(units, o.Unit)
				}
			}
		}
		made, err := l.desks.Create(p.ctx, operator, units...)
		if err != nil {
			return err
		}
		for _, unit := range made {
			fmt.Fprintf(p.stdout, "%s has a key\n", unit)
		}
		fmt.Fprintf(p.stdout, "%d made. Next: portal keys list shows who holds them; members who come later are admitted by a colleague at /desk.\n", len(made))
		return nil
	})
}

type keysListCmd struct{ dataFlag }

// Run prints one line a desk.
func (c *keysListCmd) Run(p *program) error {
	return c.work(p, func(l *locksmith) error {
		all, err := l.desks.List(p.ctx, operator)
		if err != nil {
			return err
		}
		now := clock.System{}.Now()
		table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(table, "DESK\tKEY\tAGE\tDUE\tADMITTED\tSHARES\tWAITS")
		for _, o := range all {
			if o.KeyID == "" {
				fmt.Fprintf(table, "%s\tnone\t\t\t0 of %d\t\t\n", o.Unit, o.Members)
				continue
			}
			due := "in " + days(o.DueAt.Sub(now))
			switch o.Due {
			case "":
			case desk.Leave:
				due = "now: a member left"
			default:
				due = "now"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d of %d\t%d of %d\t%s\n", o.Unit, o.KeyID, days(now.Sub(o.MadeAt)), due, o.Admitted, o.Members, o.Shares, o.Holders, waiting(o.Work))
		}
		return table.Flush()
	})
}

func days(d time.Duration) string { return fmt.Sprintf("%d days", int(d.Hours()/24)) }

func waiting(work []desk.Work) string {
	text := ""
	for _, w := range work {
		text += fmt.Sprintf("%s: %d of %d (waits for someone to sign in) ", w.Kind, w.Done, w.Total)
	}
	return text
}

// openShred opens the store of shred keys and holds the record to it.
func openShred(ctx context.Context, at *record, db *postgres.DB) (*shred.Store, error) {
	if at.conf.ShredDir == "" {
		return nil, errors.New("PORTAL_SHRED is not set: name the folder of the shred keys")
	}
	s, err := shred.Open(shred.Options{
		Dir: at.conf.ShredDir, Mirror: at.conf.ShredMirror, Apart: []string{at.conf.KeysDir}, Clock: clock.System{},
	})
	if err != nil {
		return nil, err
	}
	if err := retention.Bind(ctx, db, s.ID()); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}
