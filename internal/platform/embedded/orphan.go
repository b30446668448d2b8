package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	orderlyStop = 30 * time.Second // for a fast shutdown, which writes a checkpoint
	hardStop    = 10 * time.Second // for an immediate one, which does not

	// nobodysPID is above the highest process id that Linux or macOS gives.
	nobodysPID = 1<<22 + 1
)

// stopOrphan ends a PostgreSQL that a killed process left running on this
// cluster. PostgreSQL refuses to start while the id in postmaster.pid is that
// of any live process; when that process is not ours (a stale file whose
// number was given out again), the number is overwritten and the rest of the
// file is kept, because PostgreSQL also reads from it whether old backends
// still hold the shared memory.
func stopOrphan(ctx context.Context, cluster string) error {
	file := filepath.Join(cluster, "postmaster.pid")
	content, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the old server's process id: %w", err)
	}
	first, rest, _ := bytes.Cut(content, []byte("\n"))
	pid, err := strconv.Atoi(string(bytes.TrimSpace(first)))
	if err != nil || pid <= 0 {
		return os.Remove(file) // cut short by a crash: PostgreSQL would refuse it
	}
	if serves(ctx, pid, cluster) {
		return endProcess(ctx, pid, func() bool { return !serves(ctx, pid, cluster) })
	}
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return nil // PostgreSQL handles a dead process's file itself
	}
	return rewrite(file, append([]byte(strconv.Itoa(nobodysPID)+"\n"), rest...))
}

// rewrite changes a file in place and so keeps its owner.
func rewrite(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return fmt.Errorf("disown a stale process id: %w", err)
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("disown a stale process id: %w", err)
	}
	return nil
}

// endProcess asks a postmaster to stop: in order while ctx lasts, then at once.
func endProcess(ctx context.Context, pid int, gone func() bool) error {
	if err := signal(pid, syscall.SIGINT); err != nil {
		return err
	}
	if waitUntil(ctx, orderlyStop, gone) {
		return nil
	}
	if err := signal(pid, syscall.SIGQUIT); err != nil {
		return err
	}
	if waitUntil(context.WithoutCancel(ctx), hardStop, gone) {
		return nil
	}
	return fmt.Errorf("PostgreSQL (process %d) does not stop", pid)
}

func signal(pid int, s syscall.Signal) error {
	if err := syscall.Kill(pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop PostgreSQL (process %d): %w", pid, err)
	}
	return nil
}

// waitUntil polls for at most the given time and reports whether it came true.
func waitUntil(ctx context.Context, patience time.Duration, done func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for !done() {
		if pause(ctx) != nil {
			return done()
		}
	}
	return true
}

// serves reports whether a process is a postmaster on this cluster. It works
// in the cluster's folder, whatever that folder was called when it started; a
// zombie works nowhere.
func serves(ctx context.Context, pid int, cluster string) bool {
	process := filepath.Join("/proc", strconv.Itoa(pid))
	if _, err := os.Stat("/proc/self"); err != nil {
		return servesByName(ctx, pid, cluster)
	}
	line, err := os.ReadFile(filepath.Join(process, "cmdline"))
	program, _, _ := bytes.Cut(line, []byte{0})
	if err != nil || filepath.Base(string(program)) != "postgres" {
		return false
	}
	works, err := os.Stat(filepath.Join(process, "cwd"))
	if err != nil {
		return false
	}
	ours, err := os.Stat(cluster)
	return err == nil && os.SameFile(works, ours)
}

// servesByName goes by the arguments, where there is no /proc (macOS, BSD).
func servesByName(ctx context.Context, pid int, cluster string) bool {
	line, err := exec.CommandContext(ctx, "ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && bytes.Contains(line, []byte(" -D "+cluster+" "))
}
