package letter

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// TopicSend is the promise to mail one person; its subject is the delivery.
const TopicSend = "delivery.send"

// Step is what somebody is told of.
type Step string

// The steps.
const (
	Raised  Step = "raised"  // something new waits
	Climbed Step = "climbed" // it has waited past its time
	Handed  Step = "handed"  // another desk handed it on
	Noticed Step = "noticed" // something about one's agency
)

// Cause is why people are told; exactly one of these is set.
type Cause struct {
	EscalationID uuid.UUID
	ReadingID    uuid.UUID
	NoticeID     uuid.UUID // of an agency
	CheckID      uuid.UUID // of an application, that needs a second decision
}

// Mailer hands a letter to a mail server.
type Mailer interface {
	Send(ctx context.Context, l mail.Letter) error
}

// Words speaks the languages of the portal, as the message catalogue does.
type Words interface {
	Text(lang, key string, args ...any) (string, error)
}

// Deps of a Service.
type Deps struct {
	DB    *postgres.DB
	Clock clock.Clock
	// Mail may be nil: then nobody is mailed, and the inbox is all there is.
	Mail  Mailer
	Words Words
	// BaseURL of the officials' site, without a slash at its end.
	BaseURL string
	// Step is called between every two steps, for tests that stop a process
	// there; nil does nothing.
	Step func(name string)
}

// Service sends what was promised.
type Service struct{ deps Deps }

// New returns the use case over deps.
func New(deps Deps) *Service {
	if deps.Step == nil {
		deps.Step = func(string) {}
	}
	return &Service{deps: deps}
}

// Promise makes a delivery to each of the people within the transaction that
// establishes what they are told of. The mailbox is remote, so that each letter
// is a promise of its own: one that bounces holds up no other. Who was told of
// this step already is not told again.
func Promise(tx postgres.Tx, of Cause, step Step, people []uuid.UUID, now time.Time) error {
	for _, person := range people {
		key := id.New()
		added, err := insert(tx, key, of, step, person, now)
		if err != nil {
			return fmt.Errorf("make delivery: %w", err)
		}
		if !added {
			continue
		}
		if err := outbox.Append(tx, outbox.Promise{Topic: TopicSend, SubjectID: key}); err != nil {
			return err
		}
	}
	return nil
}
