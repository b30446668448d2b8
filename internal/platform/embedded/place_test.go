package embedded_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/platform/embedded"
)

// closedFolder is a data folder below one that only its owner may enter, as
// /root is.
func closedFolder(t *testing.T) (dir, elsewhere string) {
	t.Helper()
	base := filepath.Dir(dataFolder(t))
	closed := filepath.Join(base, "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(closed, "data"), filepath.Join(base, "elsewhere")
}

func TestAFolderThatPostgresCannotReachPutsTheClusterElsewhereAndSaysSo(t *testing.T) {
	t.Parallel()
	dir, elsewhere := closedFolder(t)
	servers := start(t, embedded.Options{Dir: dir, Elsewhere: elsewhere})
	told := strings.Join(servers.Notes(), "\n")
	_, err := os.Stat(filepath.Join(dir, "postgres"))
	if os.Geteuid() != 0 { // only root's child is another user
		if err != nil || told != "" {
			t.Errorf("the cluster is not in the data folder (%v), told %q", err, told)
		}
		return
	}
	if !strings.Contains(told, elsewhere) || !strings.Contains(told, dir) {
		t.Errorf("told %q", told)
	}
	if err == nil {
		t.Error("a cluster was made in the data folder too")
	}
}

func TestAClusterElsewhereIsFoundAgainAfterTheDataFolderMoved(t *testing.T) {
	t.Parallel()
	dir, elsewhere := closedFolder(t)
	first := start(t, embedded.Options{Dir: dir, Elsewhere: elsewhere})
	do(t, first.SuperURL, "CREATE TABLE kept (word text)")
	stop(t, first)

	moved := filepath.Join(filepath.Dir(filepath.Dir(dir)), "moved")
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	second := start(t, embedded.Options{Dir: moved, Elsewhere: elsewhere})
	if got := ask(t, second.SuperURL, "SELECT count(*)::text FROM kept"); got != "0" {
		t.Error(got)
	}
}

func TestAClusterThatBecameUnreachableIsNotReplacedByAnEmptyOne(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	stop(t, start(t, embedded.Options{Dir: dir}))
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	servers, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, Elsewhere: filepath.Join(filepath.Dir(dir), "elsewhere")})
	if os.Geteuid() != 0 {
		if err != nil {
			t.Fatal(err)
		}
		stop(t, servers)
		return
	}
	if err == nil {
		stop(t, servers)
		t.Fatal("it started")
	}
	if !strings.Contains(err.Error(), "chmod o+x") {
		t.Errorf("error = %v", err)
	}
}

func TestADataFolderThatIsAFileIsRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := embedded.Start(t.Context(), embedded.Options{Dir: file})
	if err == nil || !strings.Contains(err.Error(), "is not a folder") {
		t.Errorf("error = %v", err)
	}
}
