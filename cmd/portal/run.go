package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"text/tabwriter"
	_ "time/tzdata" // the binary runs where no zone files are

	"github.com/fairpassage/portal/app/account"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/demo"
	"github.com/fairpassage/portal/internal/platform/blob"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/platform/embedded"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/jobs"
	"github.com/fairpassage/portal/views"
	"golang.org/x/sync/errgroup"
)

// runCmd is the newcomer's command: everything in one process.
type runCmd struct {
	Listen string `help:"Address of the site (127.0.0.1:8080)." placeholder:"HOST:PORT"`
	Data   string `help:"Data folder (./portal-data)." placeholder:"DIR" type:"path"`
	NoDemo bool   `help:"Start empty, without demonstration data and accounts."`
}

// Run starts what is needed, prints where the portal answers, and works until
// it is asked to stop.
func (c *runCmd) Run(p *program) error {
	conf, err := config.Load(p.getenv, config.Flags{
		Listen: c.Listen, Data: c.Data, DefaultData: "portal-data", Demo: true, NoDemo: c.NoDemo,
	}, config.NeedDatabase, config.NeedRedis, config.NeedKeys, config.NeedShred, config.NeedBlobs)
	if err != nil {
		return err
	}
	// Before anything slow: a port that is taken is said at once.
	listener, err := listen(p.ctx, conf.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	at, err := recordOfRun(p, conf)
	if err != nil {
		return err
	}
	err = runOn(p, at, listener)
	return errors.Join(err, at.close(p.ctx))
}

// recordOfRun starts the embedded servers unless the environment names others.
func recordOfRun(p *program, conf config.Config) (*record, error) {
	if !conf.EmbeddedDatabase() {
		if conf.DatabaseOwnerURL != "" {
			if err := migrateUp(p.ctx, conf.DatabaseOwnerURL); err != nil {
				return nil, err
			}
		}
		return withRedis(conf)
	}
	servers, err := embedded.Start(p.ctx, embedded.Options{Dir: conf.DataDir, Stderr: p.stderr})
	if err != nil {
		return nil, err
	}
	for _, note := range servers.Notes() {
		fmt.Fprintln(p.stderr, note)
	}
	return onEmbedded(p.ctx, conf, servers)
}

// withRedis puts the in-process Redis beside a database of others where the
// environment names none.
func withRedis(conf config.Config) (*record, error) {
	at := &record{conf: conf}
	if conf.RedisURL != "" {
		return at, nil
	}
	var err error
	at.conf.RedisURL, at.stopRedis, err = embedded.StartRedis()
	return at, err
}

func runOn(p *program, at *record, listener net.Listener) error {
	w, err := openWorkplace(p, at, "run")
	if err != nil {
		return err
	}
	defer w.close()
	if at.conf.Demo {
		if err := w.seed(p.ctx); err != nil {
			return err
		}
	}
	answer, err := w.site()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(p.ctx)
	group.Go(func() error { return w.work(ctx) })
	group.Go(func() error { return answer(ctx, listener) })
	if lost := lostOf(at); lost != nil {
		group.Go(func() error { return watch(ctx, lost) })
	}
	fmt.Fprintln(p.stdout, "ready", at.conf.BaseURL)
	if at.conf.Demo {
		printAccounts(p.stdout)
	}
	return group.Wait()
}

func lostOf(at *record) <-chan struct{} {
	if at.servers == nil {
		return nil
	}
	return at.servers.Lost()
}

// watch ends the process when the embedded PostgreSQL is gone: a supervisor or
// the person at the terminal starts it again, and nothing acknowledged is lost.
func watch(ctx context.Context, lost <-chan struct{}) error {
	select {
	case <-ctx.Done():
		return nil
	case <-lost:
		return errors.New("the embedded PostgreSQL has ended: start the portal again")
	}
}

// workplace is a process that serves or works: the record opened, the keys
// read, the use cases wired.
type workplace struct {
	conf     config.Config
	db       *postgres.DB
	views    *views.Views
	log      *slog.Logger
	shred    *shred.Store
	blobs    *blob.Store
	subjects *subjects
}

func openWorkplace(p *program, at *record, name string) (*workplace, error) {
	db, err := at.open(p.ctx, name)
	if err != nil {
		return nil, err
	}
	w := &workplace{conf: at.conf, db: db, log: slog.New(slog.NewTextHandler(p.stderr, nil))}
	if err := w.wire(p, at); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *workplace) wire(p *program, at *record) (err error) {
	home := country.Home{Code: w.conf.Country, Zone: w.conf.Zone}
	if w.views, err = views.New(views.InZone(home.Zone)); err != nil {
		return err
	}
	keys, err := openKeys(at)
	if err != nil {
		return err
	}
	if w.shred, err = openShred(p.ctx, at, w.db); err != nil {
		return err
	}
	if w.blobs, err = openBlobs(w.conf); err != nil {
		return err
	}
	w.subjects, err = newSubjects(w.conf, w.db, clock.System{}, home, w.views.Catalogue(), keys, w.shred, w.log)
	if err != nil {
		return err
	}
	return w.subjects.openDocuments(p.ctx, w.conf, w.blobs, w.shred, w.log)
}

func (w *workplace) close() {
	if w.shred != nil {
		if err := w.shred.Close(); err != nil {
			w.log.Warn("reserved shred keys were not put back; they are swept later", "error", err.Error())
		}
	}
	if w.blobs != nil {
		_ = w.blobs.Close()
	}
	_ = w.db.Close()
}

// site builds the pages, and returns what serves them until ctx ends.
func (w *workplace) site() (answer func(ctx context.Context, l net.Listener) error, err error) {
	var shown []account.DemoAccount
	if w.conf.Demo {
		for _, a := range demo.Accounts() {
			shown = append(shown, account.DemoAccount{Email: a.Email, Passphrase: a.Password, RoleKey: "role." + a.Role, Unit: a.Unit})
		}
	}
	bell := web.NewBell()
	site, err := newSite(w.conf, w.subjects, w.views, w.log, w.ready, bell, shown)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, l net.Listener) error {
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error {
			bell.Follow(ctx, w.db, "escalations")
			return nil
		})
		group.Go(func() error { return serve(ctx, site, l) })
		return group.Wait()
	}, nil
}

// work does the background work until ctx ends.
func (w *workplace) work(ctx context.Context) error {
	deps := jobs.Deps{
		DB: w.db, RedisURL: w.conf.RedisURL, Clock: w.subjects.clock, Log: w.log,
		Screening: w.subjects.screening, Escalations: w.subjects.escalations, Readings: w.subjects.complaints, Letters: w.subjects.letters, Fitness: w.subjects.fitness, Subscriptions: w.subjects.subscriptions,
		Audit: w.subjects.audit, Retention: w.subjects.retention, Daily: w.subjects.daily(w.log),
	}
	if w.subjects.documents != nil {
		deps.Documents = w.subjects.documents
	}
	worker, err := jobs.New(deps)
	if err != nil {
		return err
	}
	return worker.Run(ctx)
}

func printAccounts(out io.Writer) {
	fmt.Fprintln(out, "\nDemonstration accounts (all people are invented):")
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, a := range demo.Accounts() {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", a.Email, a.Password, a.Role, a.Unit)
	}
	_ = table.Flush()
}
