package jobs

import (
	"time"

	"github.com/fairpassage/portal/internal/escalation"
)

// climbEscalation looks after the deadline of an escalation and carries it
// upward when nobody acknowledged it. Once in effect: climbed_at is set once,
// under the lock that an acknowledgement takes too.
func climbEscalation(e Escalations) job {
	return job{topic: escalation.TopicOverdue, queue: critical, tries: 50, timeout: 30 * time.Second, handle: e.Climb}
}
