package embedded

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	insideFolder     = "postgres"      // the usual home, inside the data folder
	pointerFile      = "postgres.path" // says where the home is when it is not inside
	defaultElsewhere = "/var/lib/fairpassage"
)

// place is where the servers of one data folder keep their files. The home
// belongs to this process's user; the cluster and the socket folder inside it
// belong to the account that PostgreSQL runs as.
type place struct {
	home  string
	notes []string
}

func (p place) lockFile() string     { return filepath.Join(p.home, "lock") }
func (p place) stateFile() string    { return filepath.Join(p.home, "servers.json") }
func (p place) secretsFile() string  { return filepath.Join(p.home, "secrets.json") }
func (p place) logFile() string      { return filepath.Join(p.home, "log") }
func (p place) clusterDir() string   { return filepath.Join(p.home, "cluster") }
func (p place) unfinished() string   { return filepath.Join(p.home, "cluster.new") }
func (p place) socketFolder() string { return filepath.Join(p.home, "run") }

// settle decides where the home is and makes it. Once chosen, a place stays:
// a pointer in the data folder is followed before anything else is looked at,
// so that neither a changed permission nor a moved folder starts an empty
// cluster beside the one that holds the records.
func settle(ctx context.Context, opts Options, acc account, inst installation) (place, error) {
	if err := makeFolder(opts.Dir, acc); err != nil {
		return place{}, fmt.Errorf("make the data folder: %w", err)
	}
	data, err := resolve(opts.Dir)
	if err != nil {
		return place{}, err
	}
	at, err := known(data)
	if err != nil {
		return place{}, err
	}
	if acc.drop && len(at.notes) == 0 {
		if err := acc.reaches(ctx, inst, "/"); err != nil {
			return place{}, fmt.Errorf("the user %s cannot run %s: %w", acc.name, inst.program("postgres"), err)
		}
		if err := acc.reaches(ctx, inst, data); err != nil {
			if _, err := os.Stat(at.clusterDir()); err == nil {
				return place{}, fmt.Errorf("the database is in %s, which the user %s cannot reach: let others pass through that folder and those above it (chmod o+x)", at.home, acc.name)
			}
			if at, err = moveOut(data, opts.Elsewhere, acc); err != nil {
				return place{}, err
			}
		}
	}
	if err := makeFolder(at.home, acc); err != nil {
		return place{}, fmt.Errorf("make the database folder: %w", err)
	}
	return at, nil
}

// resolve gives a folder one name, however it was reached.
func resolve(dir string) (string, error) {
	data, err := filepath.Abs(dir)
	if err == nil {
		data, err = filepath.EvalSymlinks(data)
	}
	if err != nil {
		return "", fmt.Errorf("find the data folder: %w", err)
	}
	return data, nil
}

// known is the home of a data folder as far as its files tell.
func known(data string) (place, error) {
	pointer, err := os.ReadFile(filepath.Join(data, pointerFile))
	if errors.Is(err, os.ErrNotExist) {
		return place{home: filepath.Join(data, insideFolder)}, nil
	}
	if err != nil {
		return place{}, fmt.Errorf("read where the database is: %w", err)
	}
	return outside(data, strings.TrimSpace(string(pointer))), nil
}

func outside(data, home string) place {
	return place{home: home, notes: []string{fmt.Sprintf(
		"The database is in %s: PostgreSQL does not run as root, and its own user cannot reach %s.", home, data)}}
}

// moveOut chooses a home under elsewhere, named after the data folder, and
// leaves the pointer to it.
func moveOut(data, elsewhere string, acc account) (place, error) {
	if elsewhere == "" {
		elsewhere = defaultElsewhere
	}
	if err := makeFolder(elsewhere, acc); err != nil {
		return place{}, fmt.Errorf("make a folder for databases: %w", err)
	}
	sum := sha256.Sum256([]byte(data))
	home := filepath.Join(elsewhere, hex.EncodeToString(sum[:8]))
	if err := os.WriteFile(filepath.Join(data, pointerFile), []byte(home+"\n"), 0o600); err != nil {
		return place{}, fmt.Errorf("note where the database is: %w", err)
	}
	return outside(data, home), nil
}

// makeFolder makes a folder that is private, but that the account may pass
// through on the way to its own. A folder that exists keeps its permissions.
func makeFolder(path string, acc account) error {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is not a folder", path)
	}
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	mode := os.FileMode(0o700)
	if acc.drop {
		mode = 0o711
	}
	if err := os.MkdirAll(path, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode) // the umask may have taken more than asked
}

// reaches tries what PostgreSQL will have to do: run, as the account, with the
// folder as its working directory. No reading of permission bits knows about
// access lists and mounts; this does.
func (a account) reaches(ctx context.Context, inst installation, dir string) error {
	cmd := exec.CommandContext(ctx, inst.program("postgres"), "--version")
	cmd.Dir = dir
	a.dress(cmd)
	return cmd.Run()
}
