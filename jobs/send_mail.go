package jobs

import (
	"time"

	"github.com/fairpassage/portal/internal/escalation"
)

// sendMail mails one person. At least once, and no more than that can be had
// of a mail server; the Message-ID tells mailboxes that it is the same letter.
// It goes on for more than a day, as long as a mail server may be down.
func sendMail(e Escalations) job {
	return job{topic: escalation.TopicSend, queue: deliver, tries: 200, timeout: 30 * time.Second, handle: e.SendMail}
}
