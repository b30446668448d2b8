package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// userCmd looks after accounts from the machine itself: for the first
// administrator, the first units and the first person of each, and for the day
// when there is none left.
type userCmd struct {
	Invite     userInviteCmd     `cmd:"" help:"Invite an administrator, or anybody who lost their passphrase."`
	Found      userFoundCmd      `cmd:"" help:"Make a unit, also a head of the ministry, the police or the oversight body."`
	Appoint    userAppointCmd    `cmd:"" help:"Give a unit its first person, while it has nobody who could decide."`
	List       userListCmd       `cmd:"" help:"List the accounts."`
	Deactivate userDeactivateCmd `cmd:"" help:"Close an account; its sessions end at once."`
}

type userInviteCmd struct {
	dataFlag
	Email    string `arg:"" help:"Address of the account."`
	Name     string `arg:"" optional:"" help:"The person's name, for a new account."`
	Language string `help:"Language of the person." enum:"en,km" default:"en"`
}

// Run prints the code of the invitation. It stands in no log and in no file.
func (c *userInviteCmd) Run(p *program) error {
	name := c.Name
	if name == "" {
		name, _, _ = strings.Cut(c.Email, "@")
	}
	return c.withOperator(p, func(ctx context.Context, o *identity.Operator) error {
		code, err := o.InviteAdministrator(ctx, identity.Newcomer{Email: c.Email, Name: name, Language: c.Language})
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "The code of the invitation, shown this once:\n\n    %s\n\nGive it to the person themselves. Within 72 hours they type it at /invitation and choose a passphrase.\n", grouped(code))
		return nil
	})
}

type userListCmd struct{ dataFlag }

// Run lists everybody.
func (c *userListCmd) Run(p *program) error {
	return c.withOperator(p, func(ctx context.Context, o *identity.Operator) error {
		all, err := o.Accounts(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
		for _, a := range all {
			state := "active"
			if a.DeactivatedAt != nil {
				state = "closed " + a.DeactivatedAt.Format("2006-01-02")
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", a.Email, a.Name, state, a.Roles)
		}
		return table.Flush()
	})
}

type userDeactivateCmd struct {
	dataFlag
	Email string `arg:"" help:"Address of the account."`
}

// Run closes the account.
func (c *userDeactivateCmd) Run(p *program) error {
	return c.withOperator(p, func(ctx context.Context, o *identity.Operator) error {
		if err := o.Deactivate(ctx, c.Email); err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, "The account is closed. Rotate the keys of the desks that the person was a member of.")
		return nil
	})
}

// withPeople opens the record and the key folder for a command about people.
func (f dataFlag) withPeople(p *program, do func(*postgres.DB, *identity.People) error) (err error) {
	at, err := f.find(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	db, err := at.open(p.ctx, "user")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	ring, err := openKeys(at)
	if err != nil {
		return err
	}
	return do(db, identity.NewPeople(ring.Pins(), clock.System{}))
}

// withOperator is withPeople for accounts.
func (f dataFlag) withOperator(p *program, do func(context.Context, *identity.Operator) error) error {
	return f.withPeople(p, func(db *postgres.DB, who *identity.People) error { return do(p.ctx, identity.NewOperator(db, who)) })
}

// grouped writes a code in fours, as people copy it.
func grouped(code string) string {
	var groups []string
	for len(code) > 4 {
		groups, code = append(groups, code[:4]), code[4:]
	}
	return strings.Join(append(groups, code), " ")
}
