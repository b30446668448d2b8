package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	startPatience = 60 * time.Second // for a first start on a busy machine
	stopPatience  = 30 * time.Second
)

// portal is one running process of the program.
type portal struct {
	url    string // as the ready line says
	data   string // its data folder; "" when it has none
	cmd    *exec.Cmd
	output *transcript
	ended  chan struct{}
}

// startRun starts `portal run` on a free port and waits for its ready line.
func startRun(data string, flags ...string) (*portal, error) {
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	args := append([]string{"run", "--listen", listen, "--data", data}, flags...)
	p, err := launch(nil, args...)
	if err != nil {
		return nil, err
	}
	p.data = data
	line, err := p.await("ready ")
	if err != nil {
		return nil, errors.Join(err, p.stop())
	}
	p.url = strings.TrimPrefix(line, "ready ")
	return p, nil
}

// mustRun is startRun for one test, which also demands a clean end.
func mustRun(t testing.TB, data string, flags ...string) *portal {
	t.Helper()
	p, err := startRun(data, flags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// launch starts the program with nothing of the test's own environment but the
// search path, so that no setting leaks in.
func launch(env []string, args ...string) (*portal, error) {
	p := &portal{
		cmd:    exec.CommandContext(context.Background(), suite.portal, args...),
		output: newTranscript(),
		ended:  make(chan struct{}),
	}
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + suite.folder, "LANG=C.UTF-8"}, env...)
	p.cmd.Dir = suite.folder
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	var reading sync.WaitGroup
	for _, stream := range []io.Reader{stdout, stderr} {
		reading.Go(func() { p.output.read(stream) })
	}
	go func() {
		reading.Wait()
		_ = p.cmd.Wait() // how it ended is in its state
		close(p.ended)
	}()
	return p, nil
}

// await returns the first line of output that begins with prefix.
func (p *portal) await(prefix string) (string, error) {
	patience := time.NewTimer(startPatience)
	defer patience.Stop()
	for {
		line, found, more := p.output.line(prefix)
		if found {
			return line, nil
		}
		select {
		case <-more:
		case <-p.ended:
			if line, found, _ := p.output.line(prefix); found {
				return line, nil
			}
			return "", fmt.Errorf("%v ended before it said %q (%v):\n%s", p.cmd.Args[1:], prefix, p.cmd.ProcessState, p.output)
		case <-patience.C:
			return "", fmt.Errorf("%v did not say %q in %s:\n%s", p.cmd.Args[1:], prefix, startPatience, p.output)
		}
	}
}

// stop ends the process as an operator does and reports an end that was not
// clean. Asked again it returns the same.
func (p *portal) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	code, err := p.exit(stopPatience)
	if err != nil {
		return errors.Join(err, p.kill())
	}
	if code != 0 {
		return fmt.Errorf("%v ended with code %d:\n%s", p.cmd.Args[1:], code, p.output)
	}
	return nil
}

// kill ends the process at once and leaves everything as it lies.
func (p *portal) kill() error {
	_ = p.cmd.Process.Kill()
	_, err := p.exit(stopPatience)
	return err
}

// exit waits for the end and returns the exit code, -1 for a signal.
func (p *portal) exit(patience time.Duration) (int, error) {
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode(), nil
	case <-time.After(patience):
		return 0, fmt.Errorf("%v did not end in %s:\n%s", p.cmd.Args[1:], patience, p.output)
	}
}

// command runs the program to its end and returns its output.
func command(t testing.TB, env []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, suite.portal, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + suite.folder, "LANG=C.UTF-8"}, env...)
	cmd.Dir = suite.folder
	var out, problems strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: %v", args, err)
	}
	return out.String(), problems.String(), cmd.ProcessState.ExitCode()
}

// mustCommand is command where anything but success ends the test.
func mustCommand(t testing.TB, env []string, args ...string) string {
	t.Helper()
	out, problems, code := command(t, env, args...)
	if code != 0 {
		t.Fatalf("portal %v: exit %d\n%s%s", args, code, out, problems)
	}
	return out
}

// account is one demonstration account.
type account struct{ Email, Password, Role, Unit string }

// accounts asks the program for the demonstration accounts.
func (p *portal) accounts(t testing.TB) []account {
	t.Helper()
	var all []account
	text := mustCommand(t, nil, "demo", "accounts", "--json")
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatalf("demo accounts: %v\n%s", err, text)
	}
	return all
}

// account returns the first account of that role.
func (p *portal) account(t testing.TB, role string) account {
	t.Helper()
	all := p.accounts(t)
	for _, a := range all {
		if a.Role == role {
			return a
		}
	}
	t.Fatalf("no demonstration account has the role %q: %v", role, all)
	return account{}
}

// freeAddress finds a loopback port that nobody uses just now.
func freeAddress() (string, error) {
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
