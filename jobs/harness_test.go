package jobs_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/redis"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/jobs"
	"github.com/google/uuid"
)

// brisk is a worker's timing for tests: nothing waits longer than it must. The
// lease is still far longer than any handler here takes.
func brisk() jobs.Timing {
	return jobs.Timing{
		Lease: time.Minute, Sweep: 50 * time.Millisecond, Poll: 20 * time.Millisecond, Check: 10 * time.Millisecond,
		Shutdown: 10 * time.Second, Backoff: func(int) time.Duration { return 0 },
	}
}

func dial(t *testing.T, url string) redis.Client {
	t.Helper()
	client, err := redis.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func flush(t *testing.T, client redis.Client) {
	t.Helper()
	if err := client.FlushDB(t.Context()).Err(); err != nil {
		t.Error(err)
	}
}

// until waits for the record to say so.
func until(t *testing.T, what string, reached func() bool) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	limit := time.NewTimer(60 * time.Second)
	defer limit.Stop()
	for !reached() {
		select {
		case <-ticker.C:
		case <-limit.C:
			t.Fatalf("in a minute it did not come to this: %s", what)
		}
	}
}

// count runs a query that answers one number.
func count(t *testing.T, db *testkit.Database, query string, args ...any) int {
	t.Helper()
	var n int
	if err := db.Super(t).QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// counter asks the same number again and again over one pool.
func counter(t *testing.T, db *testkit.Database, query string) func() int {
	t.Helper()
	pool := db.Super(t)
	return func() int {
		var n int
		if err := pool.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
}

// start runs a worker until the test ends or stop is called.
func start(t *testing.T, deps jobs.Deps) (stop func()) {
	t.Helper()
	w, err := jobs.New(deps)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// deps gives a worker over db that screens with s and escalates in earnest,
// without mail.
func deps(t *testing.T, db *testkit.Database, s jobs.Screener) (jobs.Deps, *logged) {
	t.Helper()
	log := &logged{}
	clk := clock.System{}
	return jobs.Deps{
		DB: db.DB, RedisURL: testkit.RedisDatabase(t), Clock: clk, Log: slog.New(slog.NewJSONHandler(log, nil)),
		Screening: s, Escalations: escalation.New(escalation.Deps{DB: db.DB, Clock: clk, People: testkit.People(clk), Random: rand.Reader}),
		Letters: letter.New(letter.Deps{DB: db.DB, Clock: clk}), Timing: brisk(),
	}, log
}

// logged keeps what was logged.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// screener is a Screener made of a function.
type screener func(ctx context.Context, promiseID uuid.UUID) error

func (s screener) Screen(ctx context.Context, promiseID uuid.UUID) error { return s(ctx, promiseID) }

// keep is the shortest screening: it keeps the promise.
func keep(db *testkit.Database) screener {
	return func(ctx context.Context, promiseID uuid.UUID) error {
		return outbox.Fulfil(ctx, db.DB, identity.System("test"), promiseID, func(postgres.Tx, outbox.Promise) error { return nil })
	}
}

// promised makes n promises to screen and returns their subjects.
func promised(t *testing.T, db *testkit.Database, n int) []uuid.UUID {
	t.Helper()
	var subjects []uuid.UUID
	err := db.InTx(t.Context(), identity.System("test"), func(tx postgres.Tx) error {
		for range n {
			subjects = append(subjects, id.New())
			if err := outbox.Append(tx, outbox.Promise{Topic: "complaint.filed", SubjectID: subjects[len(subjects)-1]}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return subjects
}

const openPromises = `SELECT count(*) FROM promises WHERE kept_at IS NULL`
