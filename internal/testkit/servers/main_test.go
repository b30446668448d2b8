package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheCommandFindsBothServersAndItsExitCodeIsPassedOn(t *testing.T) {
	t.Setenv("TMPDIR", openFolder(t))
	var out bytes.Buffer
	code, err := run(t.Context(), []string{"--", "sh", "-c", "echo $TEST_DATABASE_URL $TEST_REDIS_URL $PORTAL_TEST; exit 7"}, &out, &out)
	if code != 7 || err != nil {
		t.Fatalf("code %d, error %v", code, err)
	}
	words := strings.Fields(out.String())
	if len(words) != 3 || !strings.HasPrefix(words[0], "postgres://") || !strings.HasPrefix(words[1], "redis://") || words[2] != "1" {
		t.Errorf("environment: %q", words)
	}
	nothingLeft(t)
}

func TestAnInterruptionEndsTheCommandAndTheServers(t *testing.T) {
	t.Setenv("TMPDIR", openFolder(t))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	told := writer(func() { cancel() })
	code, err := run(ctx, []string{"sh", "-c", "echo up; sleep 600"}, told, told)
	if code != 130 || err == nil {
		t.Errorf("code %d, error %v", code, err)
	}
	nothingLeft(t)
}

func TestAMissingRedisIsSaidPlainly(t *testing.T) {
	t.Setenv("TMPDIR", openFolder(t))
	t.Setenv("PATH", t.TempDir())
	code, err := run(t.Context(), []string{"true"}, nil, nil)
	if code != 1 || !errors.Is(err, errNoRedis) {
		t.Errorf("code %d, error %v", code, err)
	}
	nothingLeft(t)
}

func TestWithoutACommandTheUsageIsTold(t *testing.T) {
	if code, err := run(t.Context(), []string{"--"}, nil, nil); code != 2 || err == nil {
		t.Errorf("code %d, error %v", code, err)
	}
}

// writer calls itself at the first output of a command.
type writer func()

func (w writer) Write(p []byte) (int, error) { w(); return len(p), nil }

// openFolder is a temporary folder that PostgreSQL's own user may pass through.
func openFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "servers-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o711); err != nil {
		t.Fatal(err)
	}
	return folder
}

func nothingLeft(t *testing.T) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "fairpassage-test-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
