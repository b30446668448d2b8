package audit_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

func TestAnUnalteredLogVerifies(t *testing.T) {
	w := newWorld(t)
	for _, entries := range []int{3, 0, 1, 70, 10} {
		w.minute(entries)
	}
	r := w.verify()
	if !r.Good() || r.Entries != 84 || r.Leaves != 5*64 || r.Checkpoints != 5 {
		t.Fatalf("%+v", r)
	}
	if r.WitnessedLeaves != r.Leaves || r.Unwitnessed != 0 {
		t.Errorf("all is witnessed, yet: %+v", r)
	}
	w.write(5)
	if r = w.verify(); !r.Good() || r.Unwitnessed != 5 {
		t.Errorf("five entries wait for a place: %+v", r)
	}
}

// The tree has more than one level of tiles.
func TestALongLogVerifies(t *testing.T) {
	w := newWorld(t)
	w.leaves(40_000)
	w.super(`INSERT INTO audit_entries (id, actor_kind, action, object_kind)
		SELECT gen_random_uuid(), 'public', 'complaint.read', 'complaint' FROM generate_series(1, 12345)`)
	w.minute(2)
	w.super(`INSERT INTO audit_entries (id, actor_kind, action, object_kind)
		SELECT gen_random_uuid(), 'public', 'complaint.read', 'complaint' FROM generate_series(1, 60000)`)
	w.minute(2)
	w.minute(2)
	if r := w.verify(); !r.Good() || r.Entries != 72351 {
		t.Fatalf("%+v", r)
	}
}

// However much somebody writes themselves, the size does not tell them whether
// anybody else wrote anything.
func TestTheSizeOfTheLogTellsNothing(t *testing.T) {
	for _, written := range []int{0, 64, 65} {
		w := newWorld(t)
		for range 2 {
			w.write(written / 2)
			w.do(func(ctx context.Context) error { _, err := w.log.Sequence(ctx); return err })
			w.write(written - written/2)
			w.minute(0)
		}
		r := w.verify()
		if !r.Good() || r.Leaves != 2*64 || r.Entries != min(2*int64(written), 2*64) {
			t.Errorf("%d entries a minute: %d of %d leaves, %+v", written, r.Entries, r.Leaves, r.Findings)
		}
	}
}

// What does not fit waits for the next checkpoint, in the order in which it came.
func TestWhatDoesNotFitIsCarriedOver(t *testing.T) {
	w := newWorld(t)
	w.minute(150)
	for _, left := range []int64{86, 22, 0} {
		if n := w.number(`SELECT count(*) FROM audit_pending`); n != left {
			t.Fatalf("%d wait, want %d", n, left)
		}
		w.minute(0)
	}
	if n := w.number(`SELECT count(*) FROM audit_leaves a JOIN audit_leaves b ON a.position / 64 < b.position / 64 AND a.entry_id > b.entry_id`); n != 0 {
		t.Errorf("%d are placed before what came earlier", n)
	}
	if r := w.verify(); !r.Good() || r.Entries != 150 || r.Leaves != 4*64 {
		t.Errorf("%+v", r)
	}
}

// Within the minute the log grows by its timetable: the place of an entry lies in
// the second in which it was placed, whatever else was written.
func TestWithinAMinuteTheLogGrowsByATimetable(t *testing.T) {
	for _, each := range []int{0, 3} { // entries a second
		w := newWorld(t)
		w.leaves(240)
		clk := clock.NewFake(time.Now())
		w.clock = clk
		w.log = w.logWith(w.folder(0), w.folder(1))
		w.minute(0)
		sum := 0
		for second := int64(40); second < 60; second++ {
			clk.Set(clk.Now().Truncate(time.Second).Add(time.Second))
			if second == 40 {
				clk.Advance(39 * time.Second)
			}
			w.write(each)
			placed, err := w.log.Sequence(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			sum += placed
			if n := w.number(`SELECT count(*) FROM audit_leaves WHERE position BETWEEN $1 AND $2`, 240+4*(second-1), 240+4*second-1); n != int64(placed) {
				t.Fatalf("second %d: %d placed, %d of them in its places", second, placed, n)
			}
		}
		clk.Advance(time.Second)
		w.minute(0)
		if (each == 0) != (sum == 0) {
			t.Errorf("%d a second: %d were placed before the checkpoint", each, sum)
		}
		if r := w.verify(); r.Leaves != 2*240 || !r.Good() {
			t.Errorf("%d a second: %d leaves, %+v", each, r.Leaves, r.Findings)
		}
	}
}

// A backlog is no tampering, as long as every checkpoint meanwhile was full.
func TestABacklogIsAnAlarmAndNoFinding(t *testing.T) {
	w := newWorld(t)
	clk := clock.NewFake(time.Now())
	w.clock = clk
	w.log = w.logWith(w.folder(0), w.folder(1))
	w.minute(1)
	w.write(64*20 + 10)
	// No worker gives places by the second here: a checkpoint that comes late takes
	// all that it has room for.
	const late = 80 * time.Second
	for n := range 20 {
		clk.Advance(late)
		w.do(w.log.Sign)
		w.do(w.log.Deliver)
		err := w.log.Health(t.Context())
		if alarm := n >= 3; alarm != (err != nil && strings.Contains(err.Error(), "entries wait for their place")) {
			t.Errorf("after %d checkpoints doctor says %v", n+1, err)
		}
	}
	if r := w.verify(); !r.Good() || r.Entries != 64*20+1 {
		t.Fatalf("while ten entries of twenty minutes ago wait: %+v", r)
	}
	clk.Advance(late)
	w.do(w.log.Sign)
	w.do(w.log.Deliver)
	if r := w.verify(); !r.Good() || r.Unwitnessed != 0 {
		t.Fatalf("when the last of them is placed: %+v", r)
	}
	if err := w.log.Health(t.Context()); err != nil {
		t.Error(err)
	}
	// From now on there is room again: what claims to be of then was not there.
	w.super(`INSERT INTO audit_entries (id, at, actor_kind, action, object_kind) VALUES (gen_random_uuid(), now() - interval '1 day', 'public', 'complaint.read', 'complaint')`)
	w.found(t, []string{audit.FoundUnplaced})
}

func TestAnEntryThatCommitsLateIsPlacedLater(t *testing.T) {
	w := newWorld(t)
	slow, begun, end := make(chan error), make(chan struct{}), make(chan struct{})
	by := identity.System("slow")
	go func() {
		slow <- w.db.InTx(context.Background(), by, func(tx postgres.Tx) error {
			err := audit.Record(tx, audit.Entry{Actor: by, Action: "complaint.filed", ObjectKind: "complaint", ObjectID: id.New()})
			close(begun)
			<-end
			return err
		})
	}()
	<-begun
	w.minute(4)
	close(end)
	if err := <-slow; err != nil {
		t.Fatal(err)
	}
	w.minute(1)
	if r := w.verify(); !r.Good() || r.Entries != 6 {
		t.Fatalf("%+v", r)
	}
	if last := w.number(`SELECT position FROM audit_leaves JOIN audit_entries e ON e.id = entry_id WHERE e.process = 'slow'`); last < 64 {
		t.Errorf("the late entry has the place %d, before a checkpoint that was signed without it", last)
	}
}

func TestSeveralWorkersAreOne(t *testing.T) {
	w := newWorld(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 10 {
				if _, err := w.log.Sequence(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
		wait.Go(func() {
			for range 3 {
				if err := w.log.Sign(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	w.write(60)
	wait.Wait()
	w.minute(0)
	if r := w.verify(); !r.Good() || r.Entries != 60 || r.Checkpoints != 13 {
		t.Fatalf("%+v", r)
	}
}

// Whoever writes with the application's role can put anything among what waits.
func TestAForgedPlaceInTheQueueStopsNothing(t *testing.T) {
	w := newWorld(t)
	w.minute(3)
	w.super(`INSERT INTO audit_pending SELECT entry_id FROM audit_leaves`,
		`INSERT INTO audit_pending SELECT overlay(gen_random_uuid()::text PLACING '00000000' FROM 1)::uuid FROM generate_series(1, 1000)`)
	w.minute(2)
	if r := w.verify(); !r.Good() || r.Entries != 5 {
		t.Fatalf("%+v", r)
	}
}

func TestNothingIsSignedThatDoesNotExtendTheLastCheckpoint(t *testing.T) {
	w := newWorld(t)
	w.minute(3)
	w.super(`SET session_replication_role = replica`, `UPDATE audit_tiles SET hashes = overlay(hashes PLACING '\x0011'::bytea FROM 7)`)
	if err := w.log.Sign(t.Context()); err == nil {
		t.Fatal("a damaged log was signed")
	}
	if n := w.number(`SELECT count(*) FROM audit_checkpoints`); n != 1 {
		t.Fatalf("%d checkpoints", n)
	}
}
