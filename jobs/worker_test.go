package jobs_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
	"github.com/hibiken/asynq"
)

func TestAPromiseIsRungAndKept(t *testing.T) {
	db := testkit.DB(t)
	d, _ := deps(t, db, keep(db))
	start(t, d)
	promised(t, db, 5)
	open := counter(t, db, openPromises)
	until(t, "all promises kept", func() bool { return open() == 0 })
}

func TestTwoRelaysRingEachPromiseOnce(t *testing.T) {
	db := testkit.DB(t)
	promised(t, db, 120)
	d, _ := deps(t, db, keep(db))
	start(t, d)
	start(t, d)
	open := counter(t, db, openPromises)
	until(t, "all promises kept", func() bool { return open() == 0 })
	// One ring and one beginning make two.
	if n := count(t, db, `SELECT count(*) FROM promises WHERE attempt <> 2 OR tries <> 1`); n != 0 {
		t.Fatalf("%d promises were rung or begun other than once", n)
	}
}

func TestRedisForgettingEverythingLosesNothing(t *testing.T) {
	db := testkit.DB(t)
	promised(t, db, 30)
	d, _ := deps(t, db, keep(db))
	d.Timing.Lease = 1500 * time.Millisecond // the only thing this test waits for
	own := dial(t, d.RedisURL)
	var rung int
	d.Step = func(name string) {
		// By now a handler may have begun on some; the others are forgotten.
		if name == "relay: rung" {
			if rung++; rung%10 == 0 && rung <= 30 {
				flush(t, own)
			}
		}
	}
	start(t, d)
	open := counter(t, db, openPromises)
	until(t, "all promises kept", func() bool { return open() == 0 })
	if n := count(t, db, `SELECT count(*) FROM promises WHERE attempt > 2`); n == 0 {
		t.Fatal("nothing had to be rung again: the test did not test")
	}
}

func TestWithoutRedisPromisesWait(t *testing.T) {
	db := testkit.DB(t)
	promised(t, db, 3)
	d, log := deps(t, db, keep(db))
	there := d.RedisURL
	d.RedisURL = "redis://127.0.0.1:1"
	stop := start(t, d)
	until(t, "the relay gave up for now", func() bool { return strings.Contains(log.String(), "cannot ring") })
	stop()
	if n := count(t, db, `SELECT count(*) FROM promises WHERE rung_at IS NULL AND kept_at IS NULL AND tries = 0`); n != 3 {
		t.Fatalf("%d of 3 promises wait", n)
	}
	d.RedisURL = there
	start(t, d)
	open := counter(t, db, openPromises)
	until(t, "all promises kept", func() bool { return open() == 0 })
}

func TestAPoisonedPayloadIsDroppedInSilence(t *testing.T) {
	db := testkit.DB(t)
	d, log := deps(t, db, keep(db))
	client := asynq.NewClientFromRedisClient(dial(t, d.RedisURL))
	const secret = "SOPHEAP-CANARY"
	for _, text := range []string{
		"", "null", "[]", "{", secret, `{"promise":"` + secret + `"}`, `{"promise":"","name":"` + secret + `"}`,
		`{"promise":"00000000-0000-0000-0000-000000000000","attempt":1}`, strings.Repeat(secret, 100),
		`{"promise":"` + uuid.NewString() + `","attempt":1} ` + secret, `{"promise":"` + uuid.NewString() + `"}`,
		`{"promise":"` + uuid.NewString() + `","attempt":1}`, // well made, and nobody's
	} {
		if _, err := client.Enqueue(asynq.NewTask("complaint.filed", []byte(text)), asynq.Queue("detect"), asynq.MaxRetry(0)); err != nil {
			t.Fatal(err)
		}
	}
	start(t, d)
	promised(t, db, 1)
	inspector := asynq.NewInspectorFromRedisClient(dial(t, d.RedisURL))
	until(t, "the queue is empty", func() bool {
		info, err := inspector.GetQueueInfo("detect")
		return err == nil && info.Size == 0
	})
	open := counter(t, db, openPromises)
	until(t, "the good promise kept", func() bool { return open() == 0 })
	if strings.Contains(log.String(), secret) {
		t.Error("the log repeats a payload")
	}
	if n := strings.Count(log.String(), "not ours"); n != 11 {
		t.Errorf("%d payloads were noted as dropped, want 11", n)
	}
}

func TestAPanicIsTriedAgainAndGivenUpWhileOthersGoOn(t *testing.T) {
	db := testkit.DB(t)
	const secret = "SOPHEAP-CANARY"
	victim := promised(t, db, 1)[0]
	kept := keep(db)
	d, log := deps(t, db, screener(func(ctx context.Context, promiseID uuid.UUID) error {
		p, _, err := outbox.Load(ctx, db.DB, identity.System("test"), promiseID)
		if err != nil {
			return err
		}
		if p.SubjectID == victim {
			panic(secret)
		}
		return kept(ctx, promiseID)
	}))
	// It has been tried for a day already.
	if _, err := db.Super(t).ExecContext(t.Context(), `UPDATE promises SET tries = 195`); err != nil {
		t.Fatal(err)
	}
	start(t, d)
	dead := counter(t, db, `SELECT count(*) FROM promises WHERE dead_at IS NOT NULL AND error = 'panic' AND tries = 200`)
	until(t, "the promise given up", func() bool { return dead() == 1 })
	promised(t, db, 3)
	open := counter(t, db, openPromises)
	until(t, "the others kept", func() bool { return open() == 1 })
	if strings.Contains(log.String(), secret) {
		t.Error("the log repeats what the handler panicked with")
	}
	if !strings.Contains(log.String(), "TestAPanicIsTriedAgain") {
		t.Error("the log does not say where the handler panicked")
	}
}

func TestARevivedPromiseIsKept(t *testing.T) {
	db := testkit.DB(t)
	promised(t, db, 1)
	var mu sync.Mutex
	broken := true
	kept := keep(db)
	d, _ := deps(t, db, screener(func(ctx context.Context, promiseID uuid.UUID) error {
		mu.Lock()
		defer mu.Unlock()
		if broken {
			panic("broken")
		}
		return kept(ctx, promiseID)
	}))
	start(t, d)
	dead := counter(t, db, `SELECT count(*) FROM promises WHERE dead_at IS NOT NULL`)
	until(t, "the promise given up", func() bool { return dead() == 1 })
	mu.Lock()
	broken = false
	mu.Unlock()
	letters, err := outbox.Dead(t.Context(), db.DB, identity.System("test"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := outbox.Revive(t.Context(), db.DB, identity.System("test"), letters[0].ID); err != nil {
		t.Fatal(err)
	}
	open := counter(t, db, openPromises)
	until(t, "the promise kept", func() bool { return open() == 0 })
}

func TestStoppingAWorkerEndsItsHandlersAndCostsNoTry(t *testing.T) {
	db := testkit.DB(t)
	promised(t, db, 1)
	begun := make(chan struct{})
	d, _ := deps(t, db, screener(func(ctx context.Context, _ uuid.UUID) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	}))
	d.Timing.Shutdown = time.Millisecond
	stop := start(t, d)
	<-begun
	stop()
	if n := count(t, db, `SELECT count(*) FROM promises WHERE tries = 0 AND rung_at IS NULL AND error = ''`); n != 1 {
		t.Fatal("the promise was not released")
	}
}

func TestAFinishingWorkerLetsItsHandlersFinish(t *testing.T) {
	db := testkit.DB(t)
	promised(t, db, 1)
	begun, goOn := make(chan struct{}), make(chan struct{})
	kept := keep(db)
	d, _ := deps(t, db, screener(func(ctx context.Context, promiseID uuid.UUID) error {
		close(begun)
		<-goOn
		return kept(ctx, promiseID)
	}))
	stop := start(t, d)
	<-begun
	stopped := make(chan struct{})
	go func() {
		stop()
		close(stopped)
	}()
	close(goOn)
	<-stopped
	if n := count(t, db, openPromises); n != 0 {
		t.Fatal("the handler was not let finish")
	}
}

func TestANoticeWakesTheRelayAlsoAfterItsConnectionBroke(t *testing.T) {
	db := testkit.DB(t)
	d, _ := deps(t, db, keep(db))
	d.Timing.Poll = time.Hour
	start(t, d)
	open := counter(t, db, openPromises)
	listening := counter(t, db, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN "promises"'`)
	for range 2 {
		until(t, "the worker listens", func() bool { return listening() == 1 })
		promised(t, db, 1)
		until(t, "the promise kept", func() bool { return open() == 0 })
		// The end of the connection first, then the listening anew.
		if n := count(t, db, `SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
			WHERE datname = current_database() AND query = 'LISTEN "promises"'`); n != 1 {
			t.Fatalf("%d connections were broken, want one", n)
		}
	}
}

func TestAMailServerThatKeepsLettersWaitingHoldsUpNoScreening(t *testing.T) {
	db := testkit.DB(t)
	d, _ := deps(t, db, keep(db))
	stuck := &stuckMail{begun: make(chan struct{}, 100)}
	d.Letters = stuck
	d.Timing.Shutdown = time.Millisecond
	err := db.InTx(t.Context(), identity.System("test"), func(tx postgres.Tx) error {
		for range 40 {
			if err := outbox.Append(tx, outbox.Promise{Topic: letter.TopicSend, SubjectID: id.New()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	start(t, d)
	<-stuck.begun
	promised(t, db, 100)
	open := counter(t, db, `SELECT count(*) FROM promises WHERE topic = 'complaint.filed' AND kept_at IS NULL`)
	until(t, "all complaints screened", func() bool { return open() == 0 })
}

// stuckMail sends no letter and comes back only when it is stopped.
type stuckMail struct{ begun chan struct{} }

func (s *stuckMail) Send(ctx context.Context, _ uuid.UUID) error {
	s.begun <- struct{}{}
	<-ctx.Done()
	return ctx.Err()
}

func TestRedisLearnsOnlyTheIdOfThePromise(t *testing.T) {
	db := testkit.DB(t)
	subject := promised(t, db, 1)[0]
	d, _ := deps(t, db, keep(db))
	own := dial(t, d.RedisURL)
	seen := make(chan string, 1)
	d.Step = func(name string) {
		if name != "handler: called" {
			return
		}
		var all strings.Builder
		keys, err := own.Keys(t.Context(), "*").Result()
		if err != nil {
			t.Error(err)
		}
		for _, key := range keys {
			text, err := own.Dump(t.Context(), key).Result()
			if err != nil && !strings.Contains(err.Error(), "nil") {
				t.Error(err)
			}
			all.WriteString(key + text)
		}
		seen <- all.String()
	}
	start(t, d)
	text := <-seen
	if !strings.Contains(text, "complaint.filed") {
		t.Fatal("the task was not seen")
	}
	if strings.Contains(text, subject.String()) {
		t.Fatal("Redis learnt which complaint it is about")
	}
}
