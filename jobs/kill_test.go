package jobs_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/mail/mailtest"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/screening"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/jobs"
)

// steps are all places between two steps of the road, in its order.
func steps() []string {
	return []string{
		"relay: claimed", "relay: rung",
		"handler: called", "handler: begun",
		"screen: subjects locked", "screen: facts loaded", "screen: before commit",
		"deliver: before commit", "climb: before commit", "tell: before commit",
		"mail: before sending", "mail: sent, not recorded",
		"handler: ended",
	}
}

// The child's environment.
const (
	childDatabase = "JOBS_TEST_CHILD_DATABASE"
	childRedis    = "JOBS_TEST_CHILD_REDIS"
	childMail     = "JOBS_TEST_CHILD_MAIL"
	childKillAt   = "JOBS_TEST_CHILD_KILL_AT" // "" runs on
)

// TestMain lets the test's own binary be the worker that is killed.
func TestMain(m *testing.M) {
	if os.Getenv(childDatabase) != "" {
		if err := child(); err != nil {
			_, _ = os.Stderr.WriteString("worker: " + err.Error() + "\n")
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child is a worker process that kills itself, without any chance to tidy up,
// at the second time it comes to the step, so that other work is under way.
func child() error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	db, err := postgres.Open(ctx, os.Getenv(childDatabase), postgres.Options{Name: "worker"})
	if err != nil {
		return err
	}
	sender, err := mail.New(os.Getenv(childMail))
	if err != nil {
		return err
	}
	var passed atomic.Int32
	step := func(name string) {
		if name == os.Getenv(childKillAt) && passed.Add(1) == 2 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	escalations := escalation.New(escalation.Deps{
		DB: db, Clock: clock.System{}, People: testkit.People(clock.System{}), Random: rand.Reader, Step: step,
	})
	readings, stop, err := readings(db, step)
	if err != nil {
		return err
	}
	defer stop()
	timing := brisk()
	timing.Lease = 2 * time.Second
	w, err := jobs.New(jobs.Deps{
		DB: db, RedisURL: os.Getenv(childRedis), Clock: clock.System{}, Log: slog.New(slog.DiscardHandler),
		Screening: screening.New(screening.Deps{
			DB: db, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler), Escalations: escalations, Step: step,
		}),
		Escalations: escalations, Readings: readings, Step: step, Timing: timing,
		Letters: letter.New(letter.Deps{DB: db, Clock: clock.System{}, Mail: sender, Words: plain{}, BaseURL: "https://portal.example", Step: step}),
	})
	if err != nil {
		return err
	}
	return w.Run(ctx)
}

// worker starts a child.
func worker(t *testing.T, db *testkit.Database, redisURL, mailURL, killAt string) *exec.Cmd {
	t.Helper()
	// A worker that never comes to its step ends after a minute, and fails the test.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Env = append(os.Environ(), childDatabase+"="+db.AppURL, childRedis+"="+redisURL, childMail+"="+mailURL, childKillAt+"="+killAt)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func TestAWorkerKilledBetweenAnyTwoStepsLosesAndDoublesNothing(t *testing.T) {
	db := testkit.DB(t)
	police(t, db)
	desks := readers(t, db)
	// Without the rule every escalation climbs at once: the whole road is walked.
	if _, err := db.Super(t).ExecContext(t.Context(), `DELETE FROM policies WHERE key = 'escalation.acknowledge_minutes'`); err != nil {
		t.Fatal(err)
	}
	server, bell := mailtest.Start(t), testkit.RedisDatabase(t)
	patterns, killed := 0, 0
	for _, step := range steps() {
		for range 2 {
			lodge(t, db)
			toRead(t, db, desks)
			patterns++
		}
		err := worker(t, db, bell, server.URL, step).Wait()
		exit, ok := err.(*exec.ExitError) //nolint:errorlint // Wait's own error
		if !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("%s: the worker ended with %v, want to be killed there", step, err)
		}
		killed++
		if killed%4 == 0 {
			flush(t, dial(t, bell))
		}
	}
	last := worker(t, db, bell, server.URL, "")
	open := counter(t, db, openPromises)
	until(t, "all promises kept", func() bool { return open() == 0 })
	if err := last.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := last.Wait(); err != nil {
		t.Fatalf("the last worker did not end well: %v", err)
	}
	for _, c := range []struct {
		what, query string
		want        int
	}{
		{"evaluations", `SELECT count(*) FROM evaluations`, 2 * patterns},
		{"complaints evaluated", `SELECT count(DISTINCT complaint_id) FROM evaluations`, 2 * patterns},
		{"complaints with investigators", `SELECT count(*) FROM complaints WHERE status = 'with_investigators'`, 2 * patterns},
		{"complaints escalated", `SELECT count(DISTINCT complaint_id) FROM escalation_complaints`, 2 * patterns},
		{"open alerts", `SELECT count(*) FROM alerts`, patterns},
		{"escalations", `SELECT count(*) FROM escalations`, patterns},
		{"escalations that climbed", `SELECT count(*) FROM escalations WHERE climbed_at IS NOT NULL`, patterns},
		{"audited weighings", `SELECT count(*) FROM audit_entries WHERE action = 'complaint.weigh'`, 2 * patterns},
		{"audited raisings", `SELECT count(*) FROM audit_entries WHERE action = 'escalation.raise'`, patterns},
		{"audited climbs", `SELECT count(*) FROM audit_entries WHERE action = 'escalation.climb'`, patterns},
		{"letters of escalations", `SELECT count(*) FROM deliveries WHERE step = 'raised' AND escalation_id IS NOT NULL AND sent_at IS NOT NULL`, 2 * patterns},
		{"letters of climbs", `SELECT count(*) FROM deliveries WHERE step = 'climbed' AND escalation_id IS NOT NULL AND sent_at IS NOT NULL`, patterns},
		{"readings that climbed", `SELECT count(*) FROM readings WHERE climbed_at IS NOT NULL`, patterns},
		{"audited climbs of readings", `SELECT count(*) FROM audit_entries WHERE action = 'reading.climb'`, patterns},
		{"letters to readers", `SELECT count(*) FROM deliveries WHERE step = 'raised' AND reading_id IS NOT NULL AND sent_at IS NOT NULL`, 2 * patterns},
		{"letters to stand-ins", `SELECT count(*) FROM deliveries WHERE step = 'climbed' AND reading_id IS NOT NULL AND sent_at IS NOT NULL`, patterns},
	} {
		if n := count(t, db, c.query); n != c.want {
			t.Errorf("%s: %d, want %d", c.what, n, c.want)
		}
	}
	if n := count(t, db, `SELECT count(*) FROM promises WHERE dead_at IS NOT NULL`); n != 0 {
		t.Errorf("%d promises were given up", n)
	}
	letters(t, server, 6*patterns)
}

// letters wants so many different ones. The same letter may have been sent
// twice where a worker died after the server took it, under the same id.
func letters(t *testing.T, server *mailtest.Server, want int) {
	t.Helper()
	sent := map[string]string{}
	for _, l := range server.Letters() {
		key := l.Header.Get("Message-Id")
		if to, again := sent[key]; again && to != l.To {
			t.Errorf("two letters to two people carry the id %s", key)
		}
		sent[key] = l.To
	}
	if len(sent) != want {
		t.Errorf("%d different letters were sent, want %d", len(sent), want)
	}
}
