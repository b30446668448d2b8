package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/migrations"
)

// migrateCmd works under the owner role, except bootstrap, which needs a
// superuser once.
type migrateCmd struct {
	Up        migrateUpCmd        `cmd:"" help:"Apply what is missing."`
	Down      migrateDownCmd      `cmd:"" help:"Take the newest file back, with all that its tables hold."`
	Status    migrateStatusCmd    `cmd:"" help:"List all files."`
	Bootstrap migrateBootstrapCmd `cmd:"" help:"Make the database roles and the database, as superuser."`
}

type (
	migrateUpCmd     struct{ dataFlag }
	migrateDownCmd   struct{ dataFlag }
	migrateStatusCmd struct{ dataFlag }
)

// owned finds the record for the owner role, which needs no other.
func (f dataFlag) owned(p *program) (*record, error) {
	conf, err := config.Load(p.getenv, config.Flags{Data: f.Data})
	if err == nil && conf.DataDir == "" && conf.DatabaseOwnerURL != "" {
		return &record{conf: conf}, nil
	}
	return f.find(p)
}

// withMigrator finds the record and hands fn its migrator.
func (f dataFlag) withMigrator(p *program, fn func(*postgres.Migrator) error) (err error) {
	at, err := f.owned(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	if at.conf.DatabaseOwnerURL == "" {
		return errors.New("DATABASE_OWNER_URL is not set: migrations run under the owner role")
	}
	m, err := postgres.NewMigrator(at.conf.DatabaseOwnerURL, migrations.FS)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	return fn(m)
}

func (c *migrateUpCmd) Run(p *program) error {
	return c.withMigrator(p, func(m *postgres.Migrator) error {
		n, err := m.Up(p.ctx)
		if err == nil {
			fmt.Fprintf(p.stdout, "applied %d\n", n)
		}
		return err
	})
}

func (c *migrateDownCmd) Run(p *program) error {
	return c.withMigrator(p, func(m *postgres.Migrator) error {
		name, err := m.Down(p.ctx)
		if err == nil {
			fmt.Fprintf(p.stdout, "took back %s\n", name)
		}
		return err
	})
}

func (c *migrateStatusCmd) Run(p *program) error {
	return c.withMigrator(p, func(m *postgres.Migrator) error {
		files, err := m.Status(p.ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
		for _, f := range files {
			state := "pending"
			if f.Applied {
				state = "applied"
			}
			fmt.Fprintf(table, "%s\t%s\n", state, f.Name)
		}
		return table.Flush()
	})
}

type migrateBootstrapCmd struct {
	SuperURL      string `help:"Superuser's URL." env:"DATABASE_SUPER_URL" required:""`
	Database      string `help:"Name of the database." default:"fairpassage"`
	OwnerPassword string `help:"Password of portal_owner." env:"PORTAL_OWNER_PASSWORD" required:""`
	AppPassword   string `help:"Password of portal_app." env:"PORTAL_APP_PASSWORD" required:""`
	// Not a flag: a command line is readable by others.
	Passwords map[string]string `help:"Passwords of further logins (portal_web_public, portal_web_staff, portal_jobs, portal_backup)." env:"PORTAL_LOGIN_PASSWORDS" mapsep:"," hidden:""`
}

func (c *migrateBootstrapCmd) Run(p *program) error {
	roles := postgres.Bootstrap{Database: c.Database, OwnerPassword: c.OwnerPassword, AppPassword: c.AppPassword, Passwords: c.Passwords}
	if err := roles.Run(p.ctx, c.SuperURL); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "the roles and the database %s are ready\n", c.Database)
	return nil
}
