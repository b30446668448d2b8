package jobs_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fairpassage/portal/internal/testkit"
)

// keeper is an AuditLog that counts.
type keeper struct{ sequenced, signed, delivered atomic.Int32 }

func (k *keeper) Sequence(context.Context) (int, error) {
	if k.sequenced.Add(1) == 1 {
		panic("the first time")
	}
	return 0, nil
}

func (k *keeper) Sign(context.Context) error {
	k.signed.Add(1)
	return nil
}

func (k *keeper) Deliver(context.Context) error {
	k.delivered.Add(1)
	return errors.New("Sok Example, 012 000 111")
}

func TestRoundsGoOnAfterAPanicAndAreNotDoubledByMoreWorkers(t *testing.T) {
	db := testkit.DB(t)
	k := &keeper{}
	one, log := deps(t, db, keep(db))
	one.Audit = k
	stop := []func(){start(t, one), start(t, one), start(t, one)}
	until(t, "the log was sequenced three times and signed", func() bool {
		return k.sequenced.Load() >= 3 && k.signed.Load() >= 1 && k.delivered.Load() >= 1
	})
	for _, s := range stop {
		s()
	}
	// Three seconds may touch two minutes, and no more.
	if n := k.signed.Load(); n > 2 {
		t.Errorf("signed %d times by three workers", n)
	}
	if text := log.String(); !strings.Contains(text, "round=audit.sequence") && !strings.Contains(text, `"round":"audit.sequence"`) || strings.Contains(text, "Sok") {
		t.Errorf("the log: %s", text)
	}
}
