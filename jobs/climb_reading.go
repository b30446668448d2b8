package jobs

import (
	"context"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/google/uuid"
)

// Readings looks after first readings. Each method keeps the promise that it is
// given.
type Readings interface {
	TellReaders(ctx context.Context, promiseID uuid.UUID) error
	ClimbReading(ctx context.Context, promiseID uuid.UUID) error
	TellHanded(ctx context.Context, promiseID uuid.UUID) error
}

// climbReading carries a complaint that nobody has read in time to the
// oversight body. Once in effect: climbed_at is set once, in the statement that
// also sees that nobody has read it.
func climbReading(r Readings) job {
	return job{topic: complaint.TopicReadingDue, queue: critical, tries: 50, timeout: 30 * time.Second, handle: func(ctx context.Context, promiseID uuid.UUID) error {
		return r.ClimbReading(ctx, promiseID)
	}}
}
