package embedded_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/fairpassage/portal/internal/platform/embedded"
)

// dataFolder is a new data folder that every user may pass through, as under
// /srv or a home folder; testing's own temporary folders are closed to others.
func dataFolder(t *testing.T) string {
	t.Helper()
	base, err := os.MkdirTemp("", "embedded-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	if err := os.Chmod(base, 0o711); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(base, "data")
}

func start(t *testing.T, opts embedded.Options) *embedded.Servers {
	t.Helper()
	opts.Fast = true
	servers, err := embedded.Start(t.Context(), opts)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() { stop(t, servers) })
	return servers
}

func stop(t *testing.T, servers *embedded.Servers) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 20*time.Second)
	defer cancel()
	if err := servers.Stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

// ask runs one query that answers with one text.
func ask(t *testing.T, url, query string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer conn.Close(t.Context())
	var answer string
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

func do(t *testing.T, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestTheSecondStartFindsWhatTheFirstOneKept(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	first := start(t, embedded.Options{Dir: dir})
	do(t, first.SuperURL, "CREATE TABLE kept (word text)")
	do(t, first.SuperURL, "INSERT INTO kept VALUES ('still here')")
	stop(t, first)

	second := start(t, embedded.Options{Dir: dir})
	if got := ask(t, second.SuperURL, "SELECT word FROM kept"); got != "still here" {
		t.Errorf("kept word = %q", got)
	}
	if got := ask(t, second.AppURL, "SELECT current_user::text"); got != "portal_app" {
		t.Errorf("the application's role is %s", got)
	}
	if got := ask(t, second.OwnerURL, "SELECT current_user::text"); got != "portal_owner" {
		t.Errorf("the owner's role is %s", got)
	}
	if first.AppURL != second.AppURL {
		t.Error("the application role's password changed between two starts")
	}
}

func TestKhmerNamesHaveTrigrams(t *testing.T) {
	t.Parallel()
	servers := start(t, embedded.Options{Dir: dataFolder(t)})
	do(t, servers.SuperURL, "CREATE EXTENSION pg_trgm")
	if got := ask(t, servers.SuperURL, "SELECT array_length(show_trgm('សួស្ដី'), 1)::text"); got == "0" {
		t.Errorf("trigrams = %s", got)
	}
	if got := ask(t, servers.SuperURL, "SHOW server_encoding"); got != "UTF8" {
		t.Errorf("encoding = %s", got)
	}
}

func TestNobodyGetsInWithoutThePassword(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]embedded.Options{"socket": {}, "loopback": {Loopback: true}} {
		t.Run(name, func(t *testing.T) {
			opts.Dir = dataFolder(t)
			servers := start(t, opts)
			config, err := pgx.ParseConfig(servers.SuperURL)
			if err != nil {
				t.Fatal(err)
			}
			config.Password = "guess"
			if conn, err := pgx.ConnectConfig(t.Context(), config); err == nil {
				conn.Close(t.Context())
				t.Error("a wrong password was accepted")
			}
			if loopback := config.Host == "127.0.0.1"; loopback != opts.Loopback {
				t.Errorf("host = %s", config.Host)
			}
		})
	}
}

func TestTheFilesAreClosedToOtherUsers(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	start(t, embedded.Options{Dir: dir})
	for name, most := range map[string]os.FileMode{
		"secrets.json": 0o600, "servers.json": 0o600, "lock": 0o600, "log": 0o600, "run": 0o700, "cluster": 0o700,
	} {
		info, err := os.Stat(filepath.Join(dir, "postgres", name))
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode&^most != 0 {
			t.Errorf("%s has mode %o, want at most %o", name, mode, most)
		}
	}
}

func TestADataFolderTooDeepForASocketWorks(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataFolder(t), strings.Repeat("deep/", 30))
	servers := start(t, embedded.Options{Dir: dir})
	if got := ask(t, servers.SuperURL, "SELECT 'answers'"); got != "answers" {
		t.Error(got)
	}
}

func TestAFolderNamedWithACommaOrAQuoteWorks(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"one, two", `it's "mine"`, "ទិន្នន័យ"} {
		servers := start(t, embedded.Options{Dir: filepath.Join(dataFolder(t), name)})
		if got := ask(t, servers.SuperURL, "SELECT 'answers'"); got != "answers" {
			t.Error(got)
		}
		stop(t, servers)
	}
}

func TestTwoRunsOnOneFolderAreRefused(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	start(t, embedded.Options{Dir: dir})
	if _, err := embedded.Start(t.Context(), embedded.Options{Dir: dir}); !errors.Is(err, embedded.ErrBusy) {
		t.Errorf("second start: %v", err)
	}
}

func TestWithoutPostgresTheThreeWaysAreTold(t *testing.T) {
	t.Parallel()
	nothing := embedded.Search{Path: t.TempDir(), Globs: []string{filepath.Join(t.TempDir(), "*", "bin")}}
	_, err := embedded.Start(t.Context(), embedded.Options{Dir: dataFolder(t), Search: nothing})
	if !errors.Is(err, embedded.ErrNoPostgres) {
		t.Fatalf("error = %v", err)
	}
	for _, way := range []string{"apt-get install postgresql", "docker compose up", "DATABASE_URL"} {
		if !strings.Contains(err.Error(), way) {
			t.Errorf("the message does not tell %q", way)
		}
	}
}

func TestAPostgresThatIsTooOldIsNone(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	for name, script := range map[string]string{"initdb": "exit 0", "postgres": "echo 'postgres (PostgreSQL) 13.9'"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_, err := embedded.Start(t.Context(), embedded.Options{Dir: dataFolder(t), Search: embedded.Search{Path: bin, Globs: []string{}}})
	if !errors.Is(err, embedded.ErrNoPostgres) {
		t.Errorf("error = %v", err)
	}
}

func TestAClusterOfAnotherMajorVersionIsNotTouched(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	stop(t, start(t, embedded.Options{Dir: dir}))
	if err := os.WriteFile(filepath.Join(dir, "postgres", "cluster", "PG_VERSION"), []byte("99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := embedded.Start(t.Context(), embedded.Options{Dir: dir})
	if !errors.Is(err, embedded.ErrOtherVersion) || !strings.Contains(err.Error(), "99") {
		t.Errorf("error = %v", err)
	}
}

func TestAClusterHalfMadeIsMadeAgain(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	if err := os.MkdirAll(filepath.Join(dir, "postgres", "cluster.new", "base"), 0o711); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{dir, filepath.Join(dir, "postgres")} {
		if err := os.Chmod(folder, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	servers := start(t, embedded.Options{Dir: dir})
	if got := ask(t, servers.SuperURL, "SELECT 'answers'"); got != "answers" {
		t.Error(got)
	}
}

func TestTheLogDoesNotQuoteRows(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	servers := start(t, embedded.Options{Dir: dir})
	do(t, servers.SuperURL, "CREATE TABLE people (passport text PRIMARY KEY)")
	conn, err := pgx.Connect(t.Context(), servers.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for range 2 {
		_, err = conn.Exec(t.Context(), "INSERT INTO people VALUES ('N-CANARY'), ($1)", "P-CANARY")
	}
	if err == nil {
		t.Fatal("the second insert was accepted")
	}
	log, err := os.ReadFile(filepath.Join(dir, "postgres", "log"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(log), "CANARY") {
		t.Errorf("the log quotes a row:\n%s", log)
	}
}

func TestRedisAsksForItsPasswordAndLetsKeysExpire(t *testing.T) {
	t.Parallel()
	servers := start(t, embedded.Options{Dir: dataFolder(t)})
	options, err := redis.ParseURL(servers.RedisURL)
	if err != nil {
		t.Fatal(err)
	}
	stranger := redis.NewClient(&redis.Options{Addr: options.Addr})
	defer stranger.Close()
	if err := stranger.Ping(t.Context()).Err(); err == nil {
		t.Error("Redis answers without a password")
	}
	client := redis.NewClient(options)
	defer client.Close()
	if err := client.Set(t.Context(), "lease", "held", 50*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return client.Exists(t.Context(), "lease").Val() == 0 })
}

// eventually waits for something that another process or clock brings about.
func eventually(t *testing.T, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	beat := time.NewTicker(10 * time.Millisecond)
	defer beat.Stop()
	for !done() {
		select {
		case <-beat.C:
		case <-ctx.Done():
			t.Fatal("it did not come about in 20 seconds")
		}
	}
}

func TestLostIsToldWhenPostgresEnds(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	servers := start(t, embedded.Options{Dir: dir})
	pid := postmasterPID(t, dir)
	if err := exec.CommandContext(t.Context(), "kill", "-INT", pid).Run(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-servers.Lost():
	case <-time.After(20 * time.Second):
		t.Error("nothing was told")
	}
}

func postmasterPID(t *testing.T, dir string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "postgres", "cluster", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, _, _ := strings.Cut(string(raw), "\n")
	return pid
}
