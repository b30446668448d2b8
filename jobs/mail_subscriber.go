package jobs

import (
	"context"
	"time"

	"github.com/fairpassage/portal/internal/subscription"
	"github.com/google/uuid"
)

// Subscriptions writes to whoever asked to be told of changes of the register.
type Subscriptions interface {
	Send(ctx context.Context, promiseID uuid.UUID) error
}

// mailSubscriber writes one letter, as sendMail does.
func mailSubscriber(s Subscriptions) job {
	return job{topic: subscription.TopicMail, queue: low, tries: 200, timeout: 30 * time.Second, handle: func(ctx context.Context, promiseID uuid.UUID) error {
		return s.Send(ctx, promiseID)
	}}
}
