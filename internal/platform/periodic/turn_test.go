package periodic_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/periodic"
	"github.com/fairpassage/portal/internal/testkit"
)

func TestOfSeveralWorkersOneTakesTheTurn(t *testing.T) {
	db := testkit.DB(t)
	var taken atomic.Int32
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			mine, pause, err := periodic.Turn(t.Context(), db.DB, identity.System("test"), "test.hourly", time.Hour)
			if err != nil || pause <= 0 || pause > time.Hour {
				t.Errorf("wait %v, %v", pause, err)
			}
			if mine {
				taken.Add(1)
			}
		})
	}
	wait.Wait()
	if taken.Load() != 1 {
		t.Fatalf("%d workers took one turn", taken.Load())
	}
}

func TestTheNextSlotIsANewTurn(t *testing.T) {
	db := testkit.DB(t)
	turn := func() bool {
		mine, _, err := periodic.Turn(t.Context(), db.DB, identity.System("test"), "test.hourly", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return mine
	}
	if !turn() || turn() {
		t.Fatal("one turn, and it was taken")
	}
	for what, age := range map[string]string{"an hour ago": "-1 hour", "after the clock was set back": "3 days"} {
		if _, err := db.Super(t).ExecContext(t.Context(), `UPDATE periodic_runs SET ran_at = now() + $1::interval`, age); err != nil {
			t.Fatal(err)
		}
		if !turn() || turn() {
			t.Errorf("no new turn when the last was %s", what)
		}
	}
}
