package subscription

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// TopicMail is the promise to write one letter; its subject is the letter.
const TopicMail = "subscription.mail"

// Mailer hands a letter to a mail server.
type Mailer interface {
	Send(ctx context.Context, l mail.Letter) error
}

// Words speaks the languages of the portal, as the message catalogue does.
type Words interface {
	Text(lang, key string, args ...any) (string, error)
}

// Register is what the public may know of agencies.
type Register interface {
	Get(ctx context.Context, slug string) (register.Entry, error)
}

// Deps of a Service.
type Deps struct {
	DB       *postgres.DB
	Clock    clock.Clock
	Register Register
	// Mail may be nil: then nobody can ask.
	Mail  Mailer
	Words Words
	// BaseURL of the public site, without a slash at its end.
	BaseURL string
	Pins    seal.Pins
}

// Service is the use cases. It is safe for concurrent use.
type Service struct {
	Deps

	box *seal.Box
}

// New returns the use cases.
func New(d Deps) (*Service, error) {
	if d.DB == nil || d.Clock == nil || d.Register == nil || d.Words == nil {
		return nil, errors.New("subscription service: a dependency is missing")
	}
	box, err := d.Pins.Box("subscriptions")
	if err != nil {
		return nil, err
	}
	return &Service{d, box}, nil
}

// Enabled reports whether letters can be sent at all.
func (s *Service) Enabled() bool { return s.Mail != nil }

// Subscription is one, as its link opens it.
type Subscription struct {
	ID        uuid.UUID
	Slug      string
	NameLatin string
	NameLocal string
	Confirmed bool
}

const (
	// open is how long somebody has to confirm.
	open = 48 * time.Hour
	// pause is how long after a letter the same one is not sent again.
	pause = 10 * time.Minute
	// perAddress is how many agencies an address may ask for and not have confirmed.
	perAddress = 5
	// perHour is how many letters are sent to addresses that nobody confirmed: whoever
	// wants to fill mailboxes fills few.
	perHour = 300
)

const pinOfLink = "subscription link"

// token is what stands in links: the subscription and a mark that only the portal
// makes. Nothing of it is kept.
func (s *Service) token(key uuid.UUID) string {
	return base64.RawURLEncoding.EncodeToString(append(key[:], s.Pins.Pin(pinOfLink, key[:])...))
}

func (s *Service) parse(token string) (uuid.UUID, error) {
	const size = 16 + sha256.Size
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != size || !s.Pins.Check(raw[16:], pinOfLink, raw[:16]) {
		return uuid.Nil, fault.New(fault.NotFound, "problem.not_found")
	}
	return uuid.UUID(raw[:16]), nil
}

// errGone is of a link that the portal made and that is over.
func errGone() error { return fault.New(fault.NotFound, "changes.gone") }

// fingerprint is what the register shows of an agency, in 32 bytes.
func fingerprint(e register.Entry) ([]byte, error) {
	type event struct {
		Kind, Reason string
		On           time.Time
	}
	var events []event
	for _, happened := range e.Events {
		events = append(events, event{string(happened.Kind), happened.Reason, happened.On})
	}
	text, err := json.Marshal(struct {
		State, Number, Latin, Local string
		Until                       time.Time
		Scope                       []licensing.ScopeLine
		Parts                       []register.Part
		Periods                     []licensing.Period
		Events                      []event
		Former                      []register.Former
	}{string(e.State), e.Number, e.NameLatin, e.NameLocal, e.Until, e.Scope.Lines, e.Parts, e.Periods, events, e.Former})
	sum := sha256.Sum256(text)
	return sum[:], err
}
