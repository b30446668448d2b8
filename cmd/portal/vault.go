package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/vault"
)

// vaultCmd is about the process that holds the matching key alone.
type vaultCmd struct {
	Serve  vaultServeCmd  `cmd:"" default:"withargs" help:"Hold the matching key and answer on a Unix socket."`
	Report vaultReportCmd `cmd:"" help:"Add up the trail: how much was asked and refused."`
}

type vaultServeCmd struct {
	Socket     string            `help:"Where to listen; PORTAL_VAULT=unix:PATH names it to the others." required:"" type:"path" placeholder:"PATH"`
	Key        string            `help:"Key file. Default: matching.key in the folder PORTAL_KEYS." type:"path" placeholder:"FILE"`
	NewKey     bool              `help:"Make the key file when there is none: on the very first start alone."`
	Trail      string            `help:"File to which a line is added each minute, of how many were asked and refused. Default: standard output." type:"path" placeholder:"FILE"`
	Group      int               `help:"Number of the group whose members may open the socket." default:"-1" placeholder:"GID"`
	AllowUser  []uint32          `help:"Number of a user who may ask. Default: the vault's own, unless a group is allowed." placeholder:"UID"`
	AllowGroup []uint32          `help:"Number of a primary group whose members may ask." placeholder:"GID"`
	Limit      map[string]string `help:"Limit of a kind (phone, reporter, document, account, name, text) as PER_SECOND/BURST/PER_DAY: phone=100/5000/100000." placeholder:"KIND=N/N/N"`
}

// Run answers until it is asked to stop.
func (c *vaultServeCmd) Run(p *program) (err error) {
	limits, err := c.limits()
	if err != nil {
		return exitError{exitUsage, err}
	}
	hasher, err := c.hasher(p)
	if err != nil {
		return err
	}
	trail, err := c.openTrail(p.stdout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, trail.Close()) }()
	admit := vault.Admission{Users: c.AllowUser, Groups: c.AllowGroup}
	if len(admit.Users)+len(admit.Groups) == 0 {
		admit.Users = []uint32{uint32(os.Getuid())}
	}
	log := slog.New(slog.NewTextHandler(p.stderr, nil))
	server, err := vault.NewServer(vault.ServerConfig{
		Key: hasher, Clock: clock.System{}, Limits: limits, Trail: vault.NewTrail(trail, clock.System{}, log), Admit: admit,
	})
	if err != nil {
		return err
	}
	l, err := vault.Listen(p.ctx, c.Socket, c.Group)
	if err != nil {
		return err
	}
	log.Info("the vault answers", "at", c.Socket)
	return server.Serve(p.ctx, l)
}

func (c *vaultServeCmd) limits() (vault.Limits, error) {
	limits := vault.DefaultLimits()
	for name, text := range c.Limit {
		kind, known := vault.KindNamed(name)
		if !known {
			return nil, fmt.Errorf("--limit: %q is no kind", name)
		}
		limit, err := vault.ParseLimit(text)
		if err != nil {
			return nil, fmt.Errorf("--limit %s: %w", name, err)
		}
		limits[kind] = limit
	}
	return limits, nil
}

func (c *vaultServeCmd) hasher(p *program) (*matching.Hasher, error) {
	file := c.Key
	if file == "" {
		folder := strings.TrimSpace(p.getenv("PORTAL_KEYS"))
		if folder == "" {
			return nil, errors.New("no key given: name its file with --key, or its folder with PORTAL_KEYS")
		}
		file = filepath.Join(folder, string(seal.SecretMatching)+".key")
	}
	key, err := seal.ReadSecret(file)
	if errors.Is(err, fs.ErrNotExist) && c.NewKey {
		if err := seal.MakeSecret(file); err != nil {
			return nil, err
		}
		fmt.Fprintf(p.stderr, "made the key %s\nBack it up apart from the database: with another key nothing matches what is stored.\n", file)
		key, err = seal.ReadSecret(file)
	}
	if err != nil {
		return nil, err
	}
	return matching.NewHasher(key)
}

// openTrail opens the file to append alone. What it returns is closed at the end.
func (c *vaultServeCmd) openTrail(stdout io.Writer) (io.WriteCloser, error) {
	if c.Trail == "" {
		return unclosed{stdout}, nil
	}
	return os.OpenFile(c.Trail, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
}

type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

type vaultReportCmd struct {
	Trail string `arg:"" help:"The file of the trail." type:"path"`
}

// Run prints what was asked, day by day, and what should make somebody look.
func (c *vaultReportCmd) Run(p *program) error {
	file, err := os.Open(c.Trail)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	r, err := vault.Read(file)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "day (UTC)\tkind\tasked\trefused\tbusiest minute")
	for _, d := range r.Days {
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%s (%d)\n", d.Day.Format("2006-01-02"), d.Kind, d.Asked, d.Refused, d.Busiest.Format("15:04"), d.BusiestMany)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "\nstarts: %d; each fills the limits anew\nminutes without a line: %d; the vault did not run, or lines were taken away\n"+
		"connections of users that may not ask: %d; not speaking the protocol: %d; lines that cannot be read: %d\n",
		r.Starts, r.Missing, r.Strangers, r.Broken, r.Unread)
	return nil
}
