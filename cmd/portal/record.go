package main

import (
	"context"
	"errors"

	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/platform/embedded"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/migrations"
)

// errNoRecord tells a command that needs the record how to find one.
var errNoRecord = errors.New("no record given: set DATABASE_URL, or name the data folder of a `portal run` with --data")

// record is where the database and Redis of this command are.
type record struct {
	conf config.Config
	// servers are the embedded ones; nil when the environment names others.
	servers *embedded.Servers
	// stopRedis ends a Redis that was started alone; nil when none was.
	stopRedis func()
}

// dataFlag is shared by the commands that can use a data folder.
type dataFlag struct {
	Data string `help:"Data folder of a portal run; its servers are used, or started when none runs." placeholder:"DIR" type:"path"`
}

// find reads the configuration and opens the record: the environment's, or
// the data folder's, with its schema up to date. Call close on the result.
func (f dataFlag) find(p *program) (*record, error) {
	conf, err := config.Load(p.getenv, config.Flags{Data: f.Data})
	if err != nil {
		return nil, err
	}
	if !conf.EmbeddedDatabase() {
		return &record{conf: conf}, nil
	}
	if conf.DataDir == "" {
		return nil, errNoRecord
	}
	servers, err := embedded.Use(p.ctx, embedded.Options{Dir: conf.DataDir, Stderr: p.stderr})
	if err != nil {
		return nil, err
	}
	return onEmbedded(p.ctx, conf, servers)
}

// onEmbedded fills the configuration from embedded servers and migrates them.
// What the environment named wins.
func onEmbedded(ctx context.Context, conf config.Config, servers *embedded.Servers) (*record, error) {
	conf.DatabaseURL, conf.DatabaseOwnerURL = servers.AppURL, servers.OwnerURL
	if conf.RedisURL == "" {
		conf.RedisURL = servers.RedisURL
	}
	r := &record{conf: conf, servers: servers}
	if err := migrateUp(ctx, conf.DatabaseOwnerURL); err != nil {
		return nil, errors.Join(err, r.close(ctx))
	}
	return r, nil
}

func (r *record) close(ctx context.Context) error {
	if r.stopRedis != nil {
		r.stopRedis()
	}
	if r.servers == nil {
		return nil
	}
	return r.servers.Stop(context.WithoutCancel(ctx))
}

// open connects under the application role.
func (r *record) open(ctx context.Context, name string) (*postgres.DB, error) {
	return postgres.Open(ctx, r.conf.DatabaseURL, postgres.Options{Name: name})
}

func migrateUp(ctx context.Context, ownerURL string) error {
	m, err := postgres.NewMigrator(ownerURL, migrations.FS)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	_, err = m.Up(ctx)
	return err
}
