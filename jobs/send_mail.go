package jobs

import (
	"context"
	"time"

	"github.com/fairpassage/portal/internal/letter"
	"github.com/google/uuid"
)

// Letters mails people.
type Letters interface {
	Send(ctx context.Context, promiseID uuid.UUID) error
}

// sendMail mails one person. At least once, and no more than that can be had
// of a mail server; the Message-ID tells mailboxes that it is the same letter.
// It goes on for more than a day, as long as a mail server may be down.
func sendMail(l Letters) job {
	return job{topic: letter.TopicSend, queue: deliver, tries: 200, timeout: 30 * time.Second, handle: l.Send}
}
