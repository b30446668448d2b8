package jobs

import (
	"context"
	"time"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/google/uuid"
)

// Escalations brings escalations to people. Each method keeps the promise that
// it is given.
type Escalations interface {
	Deliver(ctx context.Context, promiseID uuid.UUID) error
	Climb(ctx context.Context, promiseID uuid.UUID) error
}

// deliverEscalation brings an escalation to its unit. Once in effect: a
// delivery is unique by escalation, step and person, and all commit with the
// promise.
func deliverEscalation(e Escalations) job {
	return job{topic: escalation.TopicRaised, queue: critical, tries: 50, timeout: 30 * time.Second, handle: e.Deliver}
}
