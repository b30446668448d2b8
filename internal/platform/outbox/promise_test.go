package outbox_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

var system = identity.System("test")

func promise(t *testing.T, db *testkit.Database, p outbox.Promise) uuid.UUID {
	t.Helper()
	err := db.InTx(t.Context(), system, func(tx postgres.Tx) error { return outbox.Append(tx, p) })
	if err != nil {
		t.Fatal(err)
	}
	var key uuid.UUID
	if err := db.Super(t).QueryRow(`SELECT id FROM promises WHERE subject_id = $1`, p.SubjectID).Scan(&key); err != nil {
		t.Fatal(err)
	}
	return key
}

func TestAPromiseIsFulfilledOnceByManyAtTheSameTime(t *testing.T) {
	db := testkit.DB(t)
	key := promise(t, db, outbox.Promise{Topic: "bell.ring", SubjectID: id.New()})
	var rung atomic.Int32
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			err := outbox.Fulfil(t.Context(), db.DB, system, key, func(postgres.Tx, outbox.Promise) error {
				rung.Add(1)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if got := rung.Load(); got != 1 {
		t.Fatalf("rung %d times, want once", got)
	}
}

func TestAPromiseStaysOpenWhenItsWorkFails(t *testing.T) {
	db := testkit.DB(t)
	key := promise(t, db, outbox.Promise{Topic: "bell.ring", SubjectID: id.New()})
	rope := errors.New("the rope broke")
	err := outbox.Fulfil(t.Context(), db.DB, system, key, func(postgres.Tx, outbox.Promise) error { return rope })
	if !errors.Is(err, rope) {
		t.Fatalf("err = %v, want the rope", err)
	}
	if _, kept, err := outbox.Load(t.Context(), db.DB, system, key); err != nil || kept {
		t.Fatalf("kept = %v, err = %v; want an open promise", kept, err)
	}
}

func TestAPromiseDiesWithTheTransactionThatMadeIt(t *testing.T) {
	db := testkit.DB(t)
	subject := id.New()
	_ = db.InTx(t.Context(), system, func(tx postgres.Tx) error {
		if err := outbox.Append(tx, outbox.Promise{Topic: "bell.ring", SubjectID: subject}); err != nil {
			return err
		}
		return errors.New("changed my mind")
	})
	var n int
	if err := db.Super(t).QueryRow(`SELECT count(*) FROM promises WHERE subject_id = $1`, subject).Scan(&n); err != nil || n != 0 {
		t.Fatalf("promises = %d, err = %v; want none", n, err)
	}
}

func TestTheSamePromiseIsMadeOnce(t *testing.T) {
	db := testkit.DB(t)
	subject := id.New()
	for range 2 {
		promise(t, db, outbox.Promise{Topic: "bell.ring", SubjectID: subject, Dedupe: "ring/" + subject.String()})
	}
	var n int
	if err := db.Super(t).QueryRow(`SELECT count(*) FROM promises`).Scan(&n); err != nil || n != 1 {
		t.Fatalf("promises = %d, err = %v; want one", n, err)
	}
}

func TestAnUnknownPromiseSaysSo(t *testing.T) {
	db := testkit.DB(t)
	err := outbox.Fulfil(t.Context(), db.DB, system, id.New(), func(postgres.Tx, outbox.Promise) error { return nil })
	if !errors.Is(err, outbox.ErrUnknown) {
		t.Fatalf("err = %v, want ErrUnknown", err)
	}
}
