package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

// longestSilence is how old the newest checkpoint may be, and how long a
// witness may be behind, before somebody must look.
const longestSilence = 5 * time.Minute

// longestWait is how long an entry may wait for its place, before there are more
// than the log takes.
const longestWait = 5 * time.Minute

// enoughWitnesses is how many witnesses a portal needs that is no demonstration.
const enoughWitnesses = 2

// Health reports that the log is not signed, or not witnessed, as it should be.
func (l *Log) Health(ctx context.Context) error {
	var last Checkpoint
	var all []standing
	waits := false
	var queue backlog
	err := l.DB.Read(ctx, worker(), func(tx postgres.Tx) error {
		text, err := findNewest(tx)
		if err != nil {
			return err
		}
		if text == nil {
			waits, err = anyBefore(tx, l.Clock.Now().Add(-longestSilence))
			return err
		}
		if last, err = OpenCheckpoint(text, l.Verifier()); err != nil {
			return err
		}
		if queue, err = findBacklog(tx); err != nil {
			return err
		}
		all, err = findStandings(tx)
		return err
	})
	switch {
	case err != nil:
		return err
	case waits:
		return errors.New("no checkpoint was ever signed: does a worker run?")
	case last.Size == 0:
		return nil // a portal that has only begun
	}
	now := l.Clock.Now()
	if age := now.Sub(last.At); age > longestSilence {
		return fmt.Errorf("the last checkpoint is %s old: see \"The audit log\" in docs/operations.md", age.Round(time.Second))
	}
	if queue.Oldest != nil && now.Sub(*queue.Oldest) > longestWait {
		return fmt.Errorf("%d entries wait for their place in the log, the oldest for %s: more is written than it takes; raise audit.leaves_per_checkpoint (\"The audit log\" in docs/operations.md)",
			queue.Waiting, now.Sub(*queue.Oldest).Round(time.Second))
	}
	known := map[string]standing{}
	for _, s := range all {
		known[s.Name] = s
	}
	var problems []error
	for _, w := range l.Witnesses {
		problems = append(problems, known[w.Name()].problem(w.Name(), last, now))
	}
	return errors.Join(problems...)
}

func (s standing) problem(name string, last Checkpoint, now time.Time) error {
	switch {
	case s.Failure == failedRefused, s.Failure == failedAhead:
		return fmt.Errorf("the witness %s refuses the log since %s: it was altered or set back", name, s.FailedAt.Format(time.RFC3339))
	case s.Name == "" && now.Sub(last.At) > longestSilence/2, s.Waits != nil && now.Sub(*s.Waits) > longestSilence:
		return fmt.Errorf("the witness %s is behind", name)
	}
	return nil
}

// EnoughWitnesses reports when too few are configured: one that is lost, or
// that is persuaded, would leave none.
func EnoughWitnesses(n int) error {
	if n < enoughWitnesses {
		return fmt.Errorf("%d configured in PORTAL_WITNESSES, want at least %d outside this organisation", n, enoughWitnesses)
	}
	return nil
}
