package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// suite is what all tests share; TestMain makes it and takes it down.
var suite struct {
	portal  string // the built program
	folder  string // for everything written, with passage for other users
	browser *browser
	run     struct {
		sync.Mutex

		portal *portal
		err    error
	}
}

func TestMain(m *testing.M) {
	code, err := inSuite(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func inSuite(tests func() int) (code int, err error) {
	// PostgreSQL's own user has to pass through this folder when root runs the
	// tests; what lies in it is private.
	if suite.folder, err = os.MkdirTemp("", "fairpassage-e2e-"); err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(suite.folder)) }()
	if err := os.Chmod(suite.folder, 0o711); err != nil {
		return 1, err
	}
	suite.portal = filepath.Join(suite.folder, "portal")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", suite.portal, "./cmd/portal")
	build.Dir, build.Stdout, build.Stderr = "..", os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return 1, fmt.Errorf("build the program: %w", err)
	}
	if suite.browser, err = startBrowser(filepath.Join(suite.folder, "chromium")); err != nil {
		return 1, err
	}
	defer suite.browser.stop()
	code = tests()
	if suite.run.portal != nil {
		err = suite.run.portal.stop()
	}
	return code, err
}

// sharedRun is a `portal run` with its demonstration that many tests use. They
// may add to it; none may count on being alone.
func sharedRun(t *testing.T) *portal {
	t.Helper()
	suite.run.Lock()
	defer suite.run.Unlock()
	if suite.run.portal == nil && suite.run.err == nil {
		suite.run.portal, suite.run.err = startRun(folder(t, "shared"))
	}
	if suite.run.err != nil {
		t.Fatal(suite.run.err)
	}
	return suite.run.portal
}

// folder makes a new folder for a test, which stays until all tests ended.
func folder(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.MkdirTemp(suite.folder, name+"-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}
