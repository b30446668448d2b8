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
// promise. It is tried for more than a day: what stops it, a country without a
// police unit say, is for people to mend, and must not cost a complaint.
func screenComplaint(s Screener) job {
	return job{topic: "complaint.filed", queue: detect, tries: 200, timeout: 30 * time.Second, handle: s.Screen}
}
