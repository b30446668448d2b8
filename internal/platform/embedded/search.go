package embedded

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// oldest is the first major version whose SQL the migrations are written for.
const oldest = 14

// ErrNoPostgres says that no usable PostgreSQL is installed, and the ways out.
var ErrNoPostgres = errors.New(`no PostgreSQL 14 or newer was found on this machine. Any one of these helps:
  1. install one: apt-get install postgresql (Debian, Ubuntu), dnf install postgresql-server (Fedora), brew install postgresql (macOS)
  2. run the whole portal in containers: docker compose up
  3. set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL server that you have`)

// Search says where the programs postgres and initdb may be.
type Search struct {
	// Path is a list of folders as in $PATH; empty means the process's own.
	Path string
	// Globs are patterns of folders tried besides Path; nil means the places
	// where Debian, Red Hat, Homebrew and a build from source put them.
	Globs []string
}

// installation is one PostgreSQL on this machine.
type installation struct {
	bin   string // folder with postgres and initdb
	major int
}

func (i installation) program(name string) string { return filepath.Join(i.bin, name) }

// installations lists every usable PostgreSQL, the newest first, and fails
// with ErrNoPostgres rather than return none.
func (s Search) installations(ctx context.Context) ([]installation, error) {
	var found []installation
	for _, bin := range s.folders() {
		if major := majorVersion(ctx, bin); major >= oldest {
			found = append(found, installation{bin: bin, major: major})
		}
	}
	if len(found) == 0 {
		return nil, ErrNoPostgres
	}
	slices.SortStableFunc(found, func(a, b installation) int { return cmp.Compare(b.major, a.major) })
	return found, nil
}

func (s Search) folders() []string {
	path, globs := s.Path, s.Globs
	if path == "" {
		path = os.Getenv("PATH")
	}
	if globs == nil {
		globs = []string{
			"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
			"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
		}
	}
	folders := filepath.SplitList(path)
	for _, glob := range globs {
		matches, err := filepath.Glob(glob)
		if err == nil { // only a malformed pattern fails
			folders = append(folders, matches...)
		}
	}
	return folders
}

// majorVersion asks the postgres in a folder which version it is; 0 when the
// folder holds none or lacks initdb.
func majorVersion(ctx context.Context, bin string) int {
	if !filepath.IsAbs(bin) {
		return 0 // a relative PATH entry means another program in each folder
	}
	if _, err := exec.LookPath(filepath.Join(bin, "initdb")); err != nil {
		return 0
	}
	out, err := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return 0
	}
	// "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "… 17beta1"
	_, version, _ := strings.Cut(string(out), "(PostgreSQL) ")
	digits := version[:len(version)-len(strings.TrimLeft(version, "0123456789"))]
	major, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return major
}
