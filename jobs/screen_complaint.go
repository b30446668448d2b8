package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Screener weighs the complaint that a promise names and keeps the promise.
type Screener interface {
	Screen(ctx context.Context, promiseID uuid.UUID) error
}

// screenComplaint weighs a complaint as soon as it is filed. Once in effect:
// the evaluation is unique by complaint and ruleset, and it commits with the
// promise.
func screenComplaint(s Screener) job {
	return job{topic: "complaint.filed", queue: detect, tries: 20, timeout: 30 * time.Second, handle: s.Screen}
}
