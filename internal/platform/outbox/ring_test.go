package outbox_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

const topic = "bell.ring"

func claim(t *testing.T, db *testkit.Database, due time.Time, room int) []outbox.Promise {
	t.Helper()
	got, err := outbox.Claim(t.Context(), db.DB, system, topic, due, room)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestEachPromiseIsClaimedByOneRelay(t *testing.T) {
	db := testkit.DB(t)
	for range 40 {
		promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New()})
	}
	var mu sync.Mutex
	seen := map[uuid.UUID]int{}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for {
				batch, err := outbox.Claim(t.Context(), db.DB, system, topic, testkit.Clock().Now(), 1000)
				if err != nil {
					t.Error(err)
				}
				if len(batch) == 0 {
					return
				}
				mu.Lock()
				for _, p := range batch {
					seen[p.ID]++
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if len(seen) != 40 {
		t.Fatalf("claimed %d promises, want 40", len(seen))
	}
	for key, times := range seen {
		if times != 1 {
			t.Errorf("%s was claimed %d times", key, times)
		}
	}
}

func TestABacklogWaitsInTheRecord(t *testing.T) {
	db := testkit.DB(t)
	for range 5 {
		promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New()})
	}
	now := testkit.Clock().Now()
	if got := len(claim(t, db, now, 3)); got != 3 {
		t.Fatalf("first claim took %d, want 3", got)
	}
	if got := len(claim(t, db, now, 3)); got != 0 {
		t.Fatalf("a claim without room took %d, want none", got)
	}
}

func TestAPromiseWaitsForItsHour(t *testing.T) {
	db := testkit.DB(t)
	clk := testkit.Clock()
	promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New(), RunAfter: clk.Now().Add(time.Hour)})
	if got := len(claim(t, db, clk.Now(), 9)); got != 0 {
		t.Fatalf("claimed %d an hour early", got)
	}
	clk.Advance(time.Hour)
	if got := len(claim(t, db, clk.Now(), 9)); got != 1 {
		t.Fatalf("claimed %d at its hour, want 1", got)
	}
}

func TestAPromiseThatCouldNotBeRungIsClaimedAgainLater(t *testing.T) {
	db := testkit.DB(t)
	clk := testkit.Clock()
	promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New()})
	p := claim(t, db, clk.Now(), 9)[0]
	if err := outbox.PutBack(t.Context(), db.DB, system, p, clk.Now().Add(2*time.Second)); err != nil {
		t.Fatal(err)
	}
	if got := len(claim(t, db, clk.Now(), 9)); got != 0 {
		t.Fatal("claimed before the pause was over")
	}
	clk.Advance(2 * time.Second)
	again := claim(t, db, clk.Now(), 9)
	if len(again) != 1 || again[0].Attempt != 2 {
		t.Fatalf("claimed %+v, want the second attempt", again)
	}
}

func TestTheSweeperFreesOnlyWhatWasRungLongAgo(t *testing.T) {
	db := testkit.DB(t)
	clk := testkit.Clock()
	promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New()})
	claim(t, db, clk.Now(), 9)
	if n, err := outbox.Sweep(t.Context(), db.DB, system, time.Minute); err != nil || n != 0 {
		t.Fatalf("swept %d, %v within the lease", n, err)
	}
	if n, err := outbox.Sweep(t.Context(), db.DB, system, -time.Second); err != nil || n != 1 {
		t.Fatalf("swept %d, %v after the lease; want one", n, err)
	}
	if got := len(claim(t, db, clk.Now(), 9)); got != 1 {
		t.Fatalf("claimed %d after the sweep, want 1", got)
	}
}

func TestAFailureIsTriedAgainAndGivenUpInTheEnd(t *testing.T) {
	db := testkit.DB(t)
	clk := testkit.Clock()
	key := promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New()})
	for try := 1; try <= 3; try++ {
		if got := len(claim(t, db, clk.Now(), 9)); got != 1 {
			t.Fatalf("try %d: claimed %d", try, got)
		}
		p, ok, err := outbox.Begin(t.Context(), db.DB, system, key, 2*try-1, 3)
		if err != nil || !ok {
			t.Fatalf("try %d: begin = %v, %v", try, ok, err)
		}
		dead, err := outbox.Fail(t.Context(), db.DB, system, p, outbox.ClassPanic, clk.Now(), 3)
		if err != nil || dead != (try == 3) {
			t.Fatalf("try %d: dead = %v, %v", try, dead, err)
		}
	}
	if got := len(claim(t, db, clk.Now(), 9)); got != 0 {
		t.Fatal("a dead promise was claimed")
	}
	letters, err := outbox.Dead(t.Context(), db.DB, system, 10)
	if err != nil || len(letters) != 1 || letters[0].Error != outbox.ClassPanic || letters[0].ID != key {
		t.Fatalf("dead letters = %+v, %v", letters, err)
	}
	if n, err := outbox.CountDead(t.Context(), db.DB, system); err != nil || n != 1 {
		t.Fatalf("counted %d dead letters, %v; want one", n, err)
	}
	if err := outbox.Revive(t.Context(), db.DB, system, key); err != nil {
		t.Fatal(err)
	}
	if got := len(claim(t, db, clk.Now(), 9)); got != 1 {
		t.Fatal("a revived promise was not claimed")
	}
	if err := outbox.Revive(t.Context(), db.DB, system, key); !errors.Is(err, outbox.ErrUnknown) {
		t.Fatalf("reviving the living gave %v", err)
	}
}

func TestAPromiseThatTakesItsProcessDownEachTimeIsGivenUp(t *testing.T) {
	db := testkit.DB(t)
	key := promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New()})
	for attempt := range 2 { // two handlers begin and are never heard of again
		if _, ok, err := outbox.Begin(t.Context(), db.DB, system, key, attempt, 2); err != nil || !ok {
			t.Fatalf("begin = %v, %v", ok, err)
		}
	}
	if _, ok, err := outbox.Begin(t.Context(), db.DB, system, key, 2, 2); err != nil || ok {
		t.Fatalf("a third handler began: %v, %v", ok, err)
	}
	letters, err := outbox.Dead(t.Context(), db.DB, system, 10)
	if err != nil || len(letters) != 1 || letters[0].Error != outbox.ClassLost {
		t.Fatalf("dead letters = %+v, %v", letters, err)
	}
}

func TestALateFailureDoesNotTouchANewerAttempt(t *testing.T) {
	db := testkit.DB(t)
	clk := testkit.Clock()
	key := promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New()})
	claim(t, db, clk.Now(), 9)
	late, ok, err := outbox.Begin(t.Context(), db.DB, system, key, 1, 9)
	if err != nil || !ok {
		t.Fatalf("begin = %v, %v", ok, err)
	}
	if _, err := outbox.Sweep(t.Context(), db.DB, system, -time.Second); err != nil {
		t.Fatal(err)
	}
	claim(t, db, clk.Now(), 9)
	if _, err := outbox.Fail(t.Context(), db.DB, system, late, outbox.ClassTimeout, clk.Now(), 1); err != nil {
		t.Fatal(err)
	}
	if letters, err := outbox.Dead(t.Context(), db.DB, system, 10); err != nil || len(letters) != 0 {
		t.Fatalf("dead letters = %+v, %v; want none", letters, err)
	}
}

func TestStoppingAProcessCostsAPromiseNoTry(t *testing.T) {
	db := testkit.DB(t)
	key := promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New()})
	for attempt := range 3 {
		p, ok, err := outbox.Begin(t.Context(), db.DB, system, key, attempt, 1)
		if err != nil || !ok {
			t.Fatalf("begin = %v, %v", ok, err)
		}
		if err := outbox.Release(t.Context(), db.DB, system, p); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAKeptPromiseIsNotBegunAgain(t *testing.T) {
	db := testkit.DB(t)
	key := promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New()})
	if err := outbox.Fulfil(t.Context(), db.DB, system, key, func(postgres.Tx, outbox.Promise) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := outbox.Begin(t.Context(), db.DB, system, key, 0, 9); err != nil || ok {
		t.Fatalf("begin = %v, %v", ok, err)
	}
}

func TestARingThatCameLateBeginsNothing(t *testing.T) {
	db := testkit.DB(t)
	clk := testkit.Clock()
	key := promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New()})
	begin := func(p outbox.Promise) bool {
		t.Helper()
		_, ok, err := outbox.Begin(t.Context(), db.DB, system, key, p.Attempt, 9)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	late := claim(t, db, clk.Now(), 9)[0]
	if _, err := outbox.Sweep(t.Context(), db.DB, system, -time.Second); err != nil {
		t.Fatal(err)
	}
	anew := claim(t, db, clk.Now(), 9)[0]
	if begin(late) {
		t.Error("begun by a ring that another had replaced")
	}
	if !begin(anew) {
		t.Error("not begun by the newest ring")
	}
	if begin(anew) {
		t.Error("begun twice by one ring, while the first handler is at it")
	}
}

func TestAPromiseBeingFulfilledIsNotBegunASecondTime(t *testing.T) {
	db := testkit.DB(t)
	key := promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New()})
	err := outbox.Fulfil(t.Context(), db.DB, system, key, func(postgres.Tx, outbox.Promise) error {
		_, ok, err := outbox.Begin(t.Context(), db.DB, system, key, 0, 9)
		if ok {
			t.Error("begun while another handler held it")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheAgeOfTheOldestPromiseSurvivesItsFailures(t *testing.T) {
	db := testkit.DB(t)
	clk := testkit.Clock()
	key := promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New(), RunAfter: clk.Now()})
	promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New(), RunAfter: clk.Now().Add(24 * time.Hour)})
	clk.Advance(10 * time.Minute)
	p, ok, err := outbox.Begin(t.Context(), db.DB, system, key, 0, 9)
	if err != nil || !ok {
		t.Fatalf("begin = %v, %v", ok, err)
	}
	if _, err := outbox.Fail(t.Context(), db.DB, system, p, outbox.ClassDatabase, clk.Now().Add(time.Hour), 9); err != nil {
		t.Fatal(err)
	}
	if age, err := outbox.Oldest(t.Context(), db.DB, system, clk.Now()); err != nil || age != 10*time.Minute {
		t.Fatalf("age = %v, %v; want ten minutes", age, err)
	}
}

func TestWhereNothingIsLateTheOldestPromiseHasNoAge(t *testing.T) {
	db := testkit.DB(t)
	clk := testkit.Clock()
	if age, err := outbox.Oldest(t.Context(), db.DB, system, clk.Now()); err != nil || age != 0 {
		t.Fatalf("age = %v, %v without any promise; want none", age, err)
	}
	promise(t, db, outbox.Promise{Topic: topic, SubjectID: id.New(), RunAfter: clk.Now().Add(time.Hour)})
	if age, err := outbox.Oldest(t.Context(), db.DB, system, clk.Now()); err != nil || age != 0 {
		t.Fatalf("age = %v, %v with a promise for later; want none", age, err)
	}
}
