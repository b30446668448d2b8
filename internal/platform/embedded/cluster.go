package embedded

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrOtherVersion says that the cluster needs a PostgreSQL that is not here.
var ErrOtherVersion = errors.New("the data folder was made by another major version of PostgreSQL")

// secrets are the passwords of the cluster's roles, made with the cluster.
type secrets struct {
	Super string `json:"super"`
	Owner string `json:"owner"`
	App   string `json:"app"`
}

// cluster is one PostgreSQL data directory and what runs it.
type cluster struct {
	at   place
	acc  account
	opts Options
	inst installation
}

func (c *cluster) dir() string { return c.at.clusterDir() }

// choose picks the newest PostgreSQL for a new cluster, and for an old one the
// PostgreSQL of its own major version: another cannot read it.
func (c *cluster) choose(found []installation) error {
	raw, err := os.ReadFile(filepath.Join(c.dir(), "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		c.inst = found[0]
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the cluster's version: %w", err)
	}
	want := strings.TrimSpace(string(raw))
	for _, inst := range found {
		if strconv.Itoa(inst.major) == want {
			c.inst = inst
			return nil
		}
	}
	return fmt.Errorf("%w: it needs PostgreSQL %s, and this machine has %d", ErrOtherVersion, want, found[0].major)
}

// ensure makes the cluster if there is none and returns its passwords.
func (c *cluster) ensure(ctx context.Context) (secrets, error) {
	if _, err := os.Stat(c.dir()); errors.Is(err, os.ErrNotExist) {
		return c.create(ctx)
	}
	var s secrets
	raw, err := os.ReadFile(c.at.secretsFile())
	if err != nil {
		return s, fmt.Errorf("read the database passwords: %w", err)
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, fmt.Errorf("read the database passwords: %w", err)
	}
	return s, nil
}

// create runs initdb beside the final place and renames at the end, so that a
// kill half-way leaves nothing that looks like a cluster.
func (c *cluster) create(ctx context.Context) (secrets, error) {
	c.opts.tell("Making a PostgreSQL %d cluster in %s", c.inst.major, c.at.home)
	s := secrets{Super: rand.Text(), Owner: rand.Text(), App: rand.Text()}
	raw, err := json.Marshal(s)
	if err != nil {
		return s, fmt.Errorf("keep the database passwords: %w", err)
	}
	if err := replaceFile(c.at.secretsFile(), raw); err != nil {
		return s, fmt.Errorf("keep the database passwords: %w", err)
	}
	if err := os.RemoveAll(c.at.unfinished()); err != nil {
		return s, fmt.Errorf("clear an unfinished cluster: %w", err)
	}
	if err := c.acc.folder(c.at.socketFolder()); err != nil {
		return s, fmt.Errorf("make the socket folder: %w", err)
	}
	if err := c.initdb(ctx, s.Super); err != nil {
		return s, err
	}
	if err := os.Rename(c.at.unfinished(), c.dir()); err != nil {
		return s, fmt.Errorf("put the cluster in place: %w", err)
	}
	return s, nil
}

// initdb tries the locales in which PostgreSQL knows letters beyond Latin: in
// the C locale the trigrams of a Khmer or Chinese name are empty.
func (c *cluster) initdb(ctx context.Context, password string) error {
	passwordFile := filepath.Join(c.at.socketFolder(), "initial-password")
	if err := os.WriteFile(passwordFile, []byte(password+"\n"), 0o600); err != nil {
		return fmt.Errorf("pass the password to initdb: %w", err)
	}
	defer os.Remove(passwordFile)
	if err := c.acc.own(passwordFile); err != nil {
		return fmt.Errorf("pass the password to initdb: %w", err)
	}
	var failed error
	for _, locale := range []string{"C.UTF-8", "en_US.UTF-8"} {
		if err := c.acc.folder(c.at.unfinished()); err != nil {
			return fmt.Errorf("make the cluster folder: %w", err)
		}
		args := []string{
			"-D", c.at.unfinished(), "-U", Superuser, "-E", "UTF8", "--locale=" + locale,
			"--auth=scram-sha-256", "--pwfile=" + passwordFile, "--data-checksums",
		}
		if c.opts.Fast {
			args = append(args, "--no-sync")
		}
		cmd := exec.CommandContext(ctx, c.inst.program("initdb"), args...)
		cmd.Dir = c.at.socketFolder()
		c.acc.dress(cmd)
		out, err := cmd.CombinedOutput()
		if err == nil {
			return nil
		}
		failed = fmt.Errorf("initdb: %w: %s", err, lastLines(out))
		if !bytes.Contains(out, []byte("invalid locale")) {
			break
		}
	}
	return failed
}

// lastLines is the end of a program's output, short enough for an error.
func lastLines(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], " / ")
}
