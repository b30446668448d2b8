package embedded_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/fairpassage/portal/internal/platform/embedded"
)

// runFolder names the data folder when this test binary runs as a portal does.
const runFolder = "EMBEDDED_TEST_RUN"

// TestMain lets this test binary stand in for a `portal run` that is killed.
func TestMain(m *testing.M) {
	dir := os.Getenv(runFolder)
	if dir == "" {
		os.Exit(m.Run())
	}
	servers, err := embedded.Start(context.Background(), embedded.Options{Dir: dir, Fast: true})
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println("ready", servers.SuperURL)
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test lets go of the pipe
	if err := servers.Stop(context.Background()); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

// another is a second process that runs the servers of a data folder.
type another struct {
	cmd  *exec.Cmd
	hold io.WriteCloser
	url  string
}

func runAnother(t *testing.T, dir string) another {
	t.Helper()
	a := another{cmd: exec.CommandContext(t.Context(), os.Args[0])}
	a.cmd.Env = append(os.Environ(), runFolder+"="+dir)
	var err error
	if a.hold, err = a.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := a.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	word, url, _ := strings.Cut(strings.TrimSpace(line), " ")
	if word != "ready" {
		t.Fatal(line)
	}
	a.url = url
	return a
}

func (a another) kill(t *testing.T) {
	t.Helper()
	if err := a.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := a.cmd.Wait(); !errors.As(err, &exit) {
		t.Fatal(err)
	}
}

func (a another) finish(t *testing.T) {
	t.Helper()
	a.hold.Close()
	if err := a.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestAStartAfterKillStopsTheOrphanAndLosesNothing(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	killed := runAnother(t, dir)
	do(t, killed.url, "CREATE TABLE kept (word text)")
	do(t, killed.url, "INSERT INTO kept VALUES ('committed')")
	orphan := postmasterPID(t, dir)
	killed.kill(t)

	servers := start(t, embedded.Options{Dir: dir})
	if got := ask(t, servers.SuperURL, "SELECT word FROM kept"); got != "committed" {
		t.Errorf("kept word = %q", got)
	}
	if now := postmasterPID(t, dir); now == orphan {
		t.Error("the orphan still serves")
	}
}

func TestAStartAfterPostgresWasKilledTooRecovers(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	killed := runAnother(t, dir)
	do(t, killed.url, "CREATE TABLE kept (word text)")
	orphan := postmasterPID(t, dir)
	killed.kill(t)
	pid, err := strconv.Atoi(orphan)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	servers := start(t, embedded.Options{Dir: dir})
	if got := ask(t, servers.SuperURL, "SELECT count(*)::text FROM kept"); got != "0" {
		t.Error(got)
	}
}

func TestAStaleProcessNumberGivenToAnotherProgramIsNoObstacle(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	stop(t, start(t, embedded.Options{Dir: dir}))
	bystander := exec.CommandContext(t.Context(), "sleep", "60")
	owner, err := os.Stat(filepath.Join(dir, "postgres", "cluster"))
	if err != nil {
		t.Fatal(err)
	}
	if as, ok := owner.Sys().(*syscall.Stat_t); ok && os.Geteuid() == 0 {
		bystander.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: as.Uid, Gid: as.Gid}}
	}
	if err := bystander.Start(); err != nil {
		t.Fatal(err)
	}
	stale := filepath.Join(dir, "postgres", "cluster", "postmaster.pid")
	if err := os.WriteFile(stale, fmt.Appendf(nil, "%d\n", bystander.Process.Pid), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(stale, 0o666); err != nil { // PostgreSQL's user must be able to replace it
		t.Fatal(err)
	}
	servers := start(t, embedded.Options{Dir: dir})
	if got := ask(t, servers.SuperURL, "SELECT 'answers'"); got != "answers" {
		t.Error(got)
	}
	if err := syscall.Kill(bystander.Process.Pid, 0); err != nil {
		t.Errorf("the other program was ended: %v", err)
	}
	if err := bystander.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = bystander.Wait()
}

func TestOtherCommandsUseTheServersOfARun(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	run := runAnother(t, dir)
	used, err := embedded.Use(t.Context(), embedded.Options{Dir: dir, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	if used.SuperURL != run.url {
		t.Error("another server was used")
	}
	stop(t, used)
	if got := ask(t, run.url, "SELECT 'still up'"); got != "still up" {
		t.Error(got)
	}
	run.finish(t)
}

func TestOtherCommandsStartTheServersWhenNothingRuns(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	if _, err := embedded.Attach(t.Context(), dir); !errors.Is(err, embedded.ErrNotRunning) {
		t.Fatalf("attach to nothing: %v", err)
	}
	killed := runAnother(t, dir)
	killed.kill(t) // its state file is left, and must not be believed
	used, err := embedded.Use(t.Context(), embedded.Options{Dir: dir, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, used.SuperURL, "SELECT 'answers'"); got != "answers" {
		t.Error(got)
	}
	stop(t, used)
	if _, err := embedded.Attach(t.Context(), dir); !errors.Is(err, embedded.ErrNotRunning) {
		t.Errorf("attach after the stop: %v", err)
	}
}
