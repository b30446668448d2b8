package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/fairpassage/portal/internal/platform/embedded"
)

const (
	usage        = "usage: go run ./internal/testkit/servers -- command [argument ...]"
	commandGrace = 20 * time.Second // for the command to end after a signal
	serverGrace  = 20 * time.Second // for the servers to end
	connections  = 400              // test packages run side by side, each with pools of its own
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code, err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "servers:", err)
	}
	os.Exit(code)
}

// run returns the command's exit code: 2 without a command, 1 when a server
// does not start or stop.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int, err error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 2, errors.New(usage)
	}
	folder, err := temporary()
	if err != nil {
		return 1, err
	}
	defer func() {
		if gone := os.RemoveAll(folder); gone != nil {
			code, err = max(code, 1), errors.Join(err, gone)
		}
	}()
	database, err := embedded.Start(ctx, embedded.Options{
		Dir: filepath.Join(folder, "data"), Fast: true, Loopback: true, MaxConnections: connections,
	})
	if err != nil {
		return 1, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), serverGrace)
		defer cancel()
		if stopped := database.Stop(ctx); stopped != nil {
			code, err = max(code, 1), errors.Join(err, stopped)
		}
	}()
	redis, err := startRedis(ctx, folder)
	if err != nil {
		return 1, err
	}
	defer redis.stop()
	return command(ctx, args, stdout, stderr,
		"TEST_DATABASE_URL="+database.SuperURL, "TEST_REDIS_URL="+redis.url, "PORTAL_TEST=1")
}

// temporary makes the folder for both servers. Others may pass through it, for
// PostgreSQL's unprivileged user has to; what lies in it is private.
func temporary() (string, error) {
	folder, err := os.MkdirTemp("", "fairpassage-test-")
	if err != nil {
		return "", fmt.Errorf("make a temporary folder: %w", err)
	}
	if err := os.Chmod(folder, 0o711); err != nil { //nolint:gosec // see above
		return "", fmt.Errorf("make a temporary folder: %w", err)
	}
	return folder, nil
}

// command runs in a process group of its own, so that a signal reaches all it
// started (go test does not pass a termination on to its test programs).
func command(ctx context.Context, args []string, stdout, stderr io.Writer, env ...string) (int, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = commandGrace
	err := cmd.Run()
	if ctx.Err() != nil {
		if cmd.Process != nil {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // whoever is left of the group
		}
		return 130, errors.New("interrupted")
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
