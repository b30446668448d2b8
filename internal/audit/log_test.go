package audit_test

import (
	"context"
	"sync"
	"testing"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

func TestAnUnalteredLogVerifies(t *testing.T) {
	w := newWorld(t)
	for _, entries := range []int{3, 0, 1, 70, 10} {
		w.minute(entries)
	}
	r := w.verify()
	if !r.Good() || r.Entries != 84 || r.Leaves != 6*64 || r.Checkpoints != 5 {
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

func TestTheSizeOfTheLogTellsNothing(t *testing.T) {
	quiet, busy := newWorld(t), newWorld(t)
	for range 3 {
		quiet.minute(0)
		busy.write(15)
		busy.do(func(ctx context.Context) error { _, err := busy.log.Sequence(ctx); return err })
		busy.write(15)
		busy.do(func(ctx context.Context) error { _, err := busy.log.Sequence(ctx); return err })
		busy.minute(18)
	}
	a, b := quiet.verify(), busy.verify()
	if a.Leaves != b.Leaves || a.Leaves != 3*64 || b.Entries != 3*48 {
		t.Fatalf("%d leaves of a quiet portal, %d of a busy one", a.Leaves, b.Leaves)
	}
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
	w.super(`INSERT INTO audit_pending SELECT entry_id FROM audit_leaves`, `INSERT INTO audit_pending VALUES (gen_random_uuid())`)
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
