package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
)

// portal runs one command as from a shell.
func portal(t *testing.T, env map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, func(name string) string { return env[name] }, &out, &err)
	return code, out.String(), err.String()
}

// served is the environment of a process that serves.
func served(t *testing.T, db *testkit.Database) map[string]string {
	t.Helper()
	return map[string]string{
		"DATABASE_URL": db.AppURL, "REDIS_URL": testkit.RedisURL(t), "PORTAL_KEYS": t.TempDir(),
		"PORTAL_SHRED":     filepath.Join(t.TempDir(), "shred"),
		"PORTAL_WITNESSES": "file:" + t.TempDir() + ",file:" + t.TempDir(),
	}
}

func TestTheDoctorFindsAHealthyPortalInOrder(t *testing.T) {
	env := served(t, testkit.DB(t))
	if code, out, err := portal(t, env, "doctor"); code != exitDone || !strings.Contains(out, "not checked: DATABASE_OWNER_URL") {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
}

func TestTheDoctorTellsOfPromisesThatWaitOrWereGivenUp(t *testing.T) {
	db := testkit.DB(t)
	subject := id.New()
	err := db.InTx(t.Context(), identity.System("test"), func(tx postgres.Tx) error {
		return outbox.Append(tx, outbox.Promise{Topic: "bell.ring", SubjectID: subject, RunAfter: time.Now().Add(-time.Hour)})
	})
	if err != nil {
		t.Fatal(err)
	}
	env := served(t, db)
	if code, out, _ := portal(t, env, "doctor"); code != exitFailed || !strings.Contains(out, "the oldest for 1h0m") {
		t.Errorf("of one that waits: exit %d\n%s", code, out)
	}
	if _, err := db.Super(t).Exec(`UPDATE promises SET dead_at = now(), error = 'panic'`); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := portal(t, env, "doctor"); code != exitFailed || !strings.Contains(out, "1 given up") {
		t.Errorf("of one given up: exit %d\n%s", code, out)
	}
}

func TestTheDoctorTellsOfServersThatDoNotAnswer(t *testing.T) {
	code, out, err := portal(t, map[string]string{
		"DATABASE_URL": "postgres://portal_app:hush@127.0.0.1:1/x", "REDIS_URL": "redis://:hush@127.0.0.1:1",
	}, "doctor")
	if code != exitFailed || !strings.Contains(out, "reach the database") || !strings.Contains(out, "no promise was given up        not checked") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if strings.Contains(out+err, "hush") {
		t.Errorf("a password is repeated:\n%s%s", out, err)
	}
}

func TestTheSchemaNeedsTheOwnersAddressAlone(t *testing.T) {
	db := testkit.DB(t)
	code, out, err := portal(t, map[string]string{"DATABASE_OWNER_URL": db.OwnerURL}, "migrate", "up")
	if code != exitDone || out != "applied 0\n" {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
	code, out, err = portal(t, map[string]string{"DATABASE_OWNER_URL": db.OwnerURL}, "migrate", "down")
	if code != exitDone || !strings.HasPrefix(out, "took back 0") {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
}

func TestAWorkerThatMailsMustKnowTheSite(t *testing.T) {
	env := served(t, testkit.DB(t))
	if code, _, err := portal(t, env, "worker"); code != exitFailed || !strings.Contains(err, "PORTAL_BASE_URL is not set") {
		t.Fatalf("exit %d\n%s", code, err)
	}
}

func TestWrongUsageIsToldFromFailure(t *testing.T) {
	for line, want := range map[string]int{
		"--help": exitDone, "run --help": exitDone, "import agencies --help": exitDone, "demo accounts --json": exitDone,
		"": exitUsage, "sing": exitUsage, "run --sing": exitUsage, "migrate": exitUsage, "import agencies x --format sing": exitUsage,
		"web": exitFailed, "worker": exitFailed, "doctor": exitFailed, "migrate up": exitFailed, "import agencies x --format csv": exitFailed,
	} {
		if code, _, err := portal(t, nil, strings.Fields(line)...); code != want {
			t.Errorf("portal %s: exit %d, want %d: %s", line, code, want, err)
		}
	}
}

func TestRunOnADatabaseOfOthersBringsItsOwnRedis(t *testing.T) {
	db := testkit.DB(t)
	env := map[string]string{"DATABASE_URL": db.AppURL, "DATABASE_OWNER_URL": db.OwnerURL, "PORTAL_DATA": t.TempDir()}
	ctx, stop := context.WithCancel(t.Context())
	out := &said{word: "ready http", heard: stop}
	var err bytes.Buffer
	code := run(ctx, []string{"run", "--no-demo", "--listen", "127.0.0.1:0"}, func(name string) string { return env[name] }, out, &err)
	if code != exitDone || ctx.Err() == nil {
		t.Fatalf("exit %d, ready %t\n%s", code, ctx.Err() != nil, err.String())
	}
}

// said calls heard when a word is written.
type said struct {
	word  string
	heard func()
}

func (s *said) Write(text []byte) (int, error) {
	if strings.Contains(string(text), s.word) {
		s.heard()
	}
	return len(text), nil
}
