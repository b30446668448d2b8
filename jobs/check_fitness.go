package jobs

import (
	"context"
	"time"

	"github.com/fairpassage/portal/internal/fitness"
	"github.com/google/uuid"
)

// Fitness checks applicants.
type Fitness interface {
	Check(ctx context.Context, promiseID uuid.UUID) error
}

// checkFitness compares an application with those who lost their licence. Once in
// effect: a round has one check, which commits with the promise.
func checkFitness(f Fitness) job {
	return job{topic: fitness.TopicCheck, queue: detect, tries: 50, timeout: 40 * time.Second, handle: func(ctx context.Context, promiseID uuid.UUID) error {
		return f.Check(ctx, promiseID)
	}}
}
