package jobs

import (
	"context"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/google/uuid"
)

// tellReaders promises a letter to whoever may read a complaint first. Once in
// effect: a delivery is unique by reading, step and person, and all commit with
// the promise.
func tellReaders(r Readings) job {
	return job{topic: complaint.TopicReadingMade, queue: critical, tries: 50, timeout: 30 * time.Second, handle: func(ctx context.Context, promiseID uuid.UUID) error {
		return r.TellReaders(ctx, promiseID)
	}}
}
