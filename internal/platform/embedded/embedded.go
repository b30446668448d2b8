package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Names inside the embedded cluster.
const (
	Superuser = "fairpassage"
	Database  = "fairpassage"
)

// Options say where the servers live and how they run. Only Dir is needed.
type Options struct {
	// Dir is the data folder; it is made when it is missing.
	Dir string
	// Stderr receives one line before something slow happens; nil is silent.
	Stderr io.Writer
	// Fast gives up durability (fsync off) and is for throw-away servers only.
	Fast bool
	// Loopback asks for a TCP port on 127.0.0.1 in place of a Unix socket.
	Loopback bool
	// MaxConnections is PostgreSQL's limit; 0 means 100.
	MaxConnections int
	// Search says where PostgreSQL is looked for; its zero value means PATH
	// and the folders where packages put it.
	Search Search
	// Elsewhere is the folder for clusters whose data folder the unprivileged
	// user cannot reach; empty means /var/lib/fairpassage. Only root uses it.
	Elsewhere string
}

// Servers are a running PostgreSQL and Redis, started here or found running.
type Servers struct {
	// SuperURL connects as the cluster's superuser to the database postgres.
	SuperURL string
	// OwnerURL connects as the role that owns the tables (migrations).
	OwnerURL string
	// AppURL connects as the role without DDL.
	AppURL string
	// RedisURL is the in-process Redis, on loopback with a random password.
	RedisURL string

	notes []string
	stop  func(context.Context) error
	lost  <-chan struct{}
}

// Notes are sentences that the person who started the program must be told,
// such as a cluster that had to live outside the data folder.
func (s *Servers) Notes() []string { return s.notes }

// Lost is closed when the PostgreSQL that Start started has ended, asked or
// not. It is nil (and so never ready) for servers that were found running.
func (s *Servers) Lost() <-chan struct{} { return s.lost }

// Stop ends what Start started, PostgreSQL cleanly if ctx leaves it the time
// and at once otherwise. Servers that were found running are left alone.
func (s *Servers) Stop(ctx context.Context) error {
	if s.stop == nil {
		return nil
	}
	return s.stop(ctx)
}

// Start brings up the servers of one data folder: it takes the folder's lock,
// stops a PostgreSQL that a killed process left behind, makes the cluster at
// the first start, waits until both servers answer, and has the roles and the
// empty database made; migrations are the caller's. Errors: ErrNoPostgres,
// ErrBusy, ErrOtherVersion, or what went wrong in starting.
func Start(ctx context.Context, opts Options) (*Servers, error) {
	acc, err := pickAccount()
	if err != nil {
		return nil, err
	}
	found, err := opts.Search.installations(ctx)
	if err != nil {
		return nil, err
	}
	at, err := settle(ctx, opts, acc, found[0])
	if err != nil {
		return nil, err
	}
	held, err := takeLock(at.lockFile())
	if err != nil {
		return nil, err
	}
	servers, err := startLocked(ctx, opts, acc, found, at)
	if err != nil {
		return nil, errors.Join(err, held.release())
	}
	stopServers := servers.stop
	servers.stop = func(ctx context.Context) error {
		servers.stop = nil // asked twice, it is done once
		return errors.Join(stopServers(ctx), held.release())
	}
	return servers, nil
}

// startLocked does Start's work once no other process can touch the folder.
func startLocked(ctx context.Context, opts Options, acc account, found []installation, at place) (*Servers, error) {
	if err := forgetState(at); err != nil {
		return nil, err
	}
	c := cluster{at: at, acc: acc, opts: opts}
	if err := c.choose(found); err != nil {
		return nil, err
	}
	if err := stopOrphan(ctx, c.dir()); err != nil {
		return nil, err
	}
	secrets, err := c.ensure(ctx)
	if err != nil {
		return nil, err
	}
	running, err := c.launch(ctx, secrets)
	if err != nil {
		return nil, err
	}
	super := running.url(Superuser, secrets.Super, "postgres")
	roles := postgres.Bootstrap{Database: Database, OwnerPassword: secrets.Owner, AppPassword: secrets.App}
	if err := roles.Run(ctx, super); err != nil {
		return nil, errors.Join(err, running.stop(ctx))
	}
	doorbell, err := startRedis()
	if err != nil {
		return nil, errors.Join(err, running.stop(ctx))
	}
	s := &Servers{
		SuperURL: super,
		OwnerURL: running.url(postgres.OwnerRole, secrets.Owner, Database),
		AppURL:   running.url(postgres.AppRole, secrets.App, Database),
		RedisURL: doorbell.url(),
		notes:    at.notes,
		lost:     running.ended,
	}
	s.stop = func(ctx context.Context) error {
		doorbell.close()
		return errors.Join(forgetState(at), running.stop(ctx))
	}
	if err := writeState(at, s); err != nil {
		return nil, errors.Join(err, s.stop(ctx))
	}
	return s, nil
}

// tell writes one progress line.
func (o Options) tell(format string, args ...any) {
	if o.Stderr != nil {
		fmt.Fprintf(o.Stderr, format+"\n", args...)
	}
}

// databaseURL puts a connection string together; host is an address with a
// port, or empty when socket names the folder of a Unix socket.
func databaseURL(user, password, host, socket, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: host, Path: "/" + database}
	query := url.Values{"sslmode": {"disable"}}
	if socket != "" {
		query.Set("host", socket)
		query.Set("port", socketPort)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// pause waits for one beat of a polling loop, or less when ctx ends.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(25 * time.Millisecond):
		return nil
	}
}
