package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// The queues. What escalates and what is screened have handlers of their own,
// so that neither a backlog nor a mail server that keeps each letter waiting
// holds them up.
const (
	critical = "critical"
	detect   = "detect"
	deliver  = "deliver"
	low      = "low"
)

// lane is a set of handlers and the queues they serve, by weight.
type lane struct {
	handlers int
	queues   map[string]int
}

func lanes() []lane {
	return []lane{
		{handlers: 4, queues: map[string]int{critical: 1}},
		{handlers: 8, queues: map[string]int{detect: 1}},
		{handlers: 4, queues: map[string]int{deliver: 3, low: 1}},
	}
}

// job is what one topic means: where it waits, how often and how long it is
// tried, and who does it. With pauses that double up to ten minutes, 20 tries
// take about 2 hours, 50 about 7, and 200 more than a day.
type job struct {
	topic   string
	queue   string
	tries   int
	timeout time.Duration
	handle  func(ctx context.Context, promiseID uuid.UUID) error
}

// jobsOf is the whole work of the worker, on one page.
func jobsOf(d Deps) []job {
	return []job{
		screenComplaint(d.Screening),
		deliverEscalation(d.Escalations),
		climbEscalation(d.Escalations),
		sendMail(d.Letters),
		tellReaders(d.Readings),
		climbReading(d.Readings),
		tellHanded(d.Readings),
		checkFitness(d.Fitness),
		eraseDocument(d.Documents),
		mailSubscriber(d.Subscriptions),
	}
}

// backoff is the pause before a promise that began tries times is rung again:
// 1 s, doubling, at most 10 minutes.
func backoff(tries int) time.Duration {
	return min(10*time.Minute, time.Second<<min(max(tries-1, 0), 10))
}
