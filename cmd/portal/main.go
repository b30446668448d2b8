// Command portal is the whole of Fairpassage in one binary: the site, the
// background work, and the tools of those who run it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/fairpassage/portal/internal/policy"
)

// Exit codes of every command.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// commands is the command line.
type commands struct {
	Run         runCmd         `cmd:"" help:"Run everything in one process, with its own PostgreSQL and demonstration data."`
	Web         webCmd         `cmd:"" help:"Serve the site."`
	Worker      workerCmd      `cmd:"" help:"Do the background work."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the schema up or down, or make the database roles."`
	Import      importCmd      `cmd:"" help:"Bring in registers."`
	Demo        demoCmd        `cmd:"" help:"The demonstration."`
	Keys        keysCmd        `cmd:"" help:"Keys of desks and of the portal."`
	User        userCmd        `cmd:"" help:"Accounts and units: invite the first administrator, found units, appoint the first person of each, list, close."`
	Vault       vaultCmd       `cmd:"" help:"Hold the matching key in a process of its own."`
	Audit       auditCmd       `cmd:"" help:"The audit log: verify, export, prove, witness."`
	Retention   retentionCmd   `cmd:"" help:"How long what is kept."`
	Certificate certificateCmd `cmd:"" help:"Certificates of licences, checked offline."`
	Policy      policyCmd      `cmd:"" help:"Law and house rules, as dated data."`
	Doctor      doctorCmd      `cmd:"" help:"Check the configuration and what the portal depends on."`
}

// program is what every command may use of the outside.
type program struct {
	ctx            context.Context
	getenv         func(string) string
	stdout, stderr io.Writer
}

// exitError ends a command with an exit code of its own.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string { return e.err.Error() }
func (e exitError) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run parses args and carries the command out.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) (code int) {
	var line commands
	exited := -1
	parser, err := kong.New(&line,
		kong.Name("portal"),
		kong.Description("Licences overseas recruitment agencies, takes complaints of forced labour, and hands patterns to investigators."),
		kong.Writers(stdout, stderr),
		kong.Vars{"countries": strings.Join(policy.Countries(), ", ")},
		kong.Exit(func(code int) { exited = code; panic(errExited) }),
		kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(stderr, "portal:", err)
		return exitFailed
	}
	defer func() {
		if r := recover(); r != nil {
			if r != any(errExited) {
				panic(r)
			}
			code = exited
		}
	}()
	chosen, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(stderr, "portal:", err)
		fmt.Fprintln(stderr, "Try: portal --help")
		return exitUsage
	}
	err = chosen.Run(&program{ctx: ctx, getenv: getenv, stdout: stdout, stderr: stderr})
	if err == nil {
		return exitDone
	}
	fmt.Fprintln(stderr, "portal:", err)
	if own, ok := errors.AsType[exitError](err); ok {
		return own.code
	}
	return exitFailed
}

// errExited unwinds from kong's own exits, --help among them.
var errExited = errors.New("exited")
