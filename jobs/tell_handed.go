package jobs

import (
	"context"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/google/uuid"
)

// tellHanded promises a letter to whoever goes on with a complaint in which
// somebody found an official named. Once in effect, like tellReaders.
func tellHanded(r Readings) job {
	return job{topic: complaint.TopicReadingHanded, queue: critical, tries: 50, timeout: 30 * time.Second, handle: func(ctx context.Context, promiseID uuid.UUID) error {
		return r.TellHanded(ctx, promiseID)
	}}
}
