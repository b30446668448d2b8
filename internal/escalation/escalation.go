package escalation

import (
	"io"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Grade is how pressing an escalation is.
type Grade string

// The grades. A watched subject is not escalated.
const (
	Amber Grade = "amber"
	Red   Grade = "red"
)

// Topics of the promises that this package makes and keeps.
const (
	TopicRaised  = "escalation.raised"  // bring it to the unit; subject: the escalation
	TopicOverdue = "escalation.overdue" // its deadline has come; subject: the escalation
)

// Pattern is why an escalation was raised, frozen as it stood. It holds no
// name, no number and no story.
type Pattern struct {
	Findings []Finding `json:"findings"`
	Counts   Counts    `json:"counts"`
	Voices   []Voice   `json:"voices"`
	From     time.Time `json:"from"` // first day looked at
	To       time.Time `json:"to"`   // last day looked at
}

// Finding is what one rule established.
type Finding struct {
	ID      uuid.UUID `json:"id"`
	Rule    string    `json:"rule"`
	Version int       `json:"version"`
	Grade   string    `json:"grade"`
	Score   float64   `json:"score"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	// Reasons are sentences: locale keys below "finding." with their arguments.
	Reasons []Reason `json:"reasons"`
}

// Reason is one sentence of a finding.
type Reason struct {
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

// Counts are the numbers of a pattern.
type Counts struct {
	Complaints int `json:"complaints"`
	FirstHand  int `json:"first_hand"`
	// Reporters who can be told apart; 0 when that was not counted.
	Reporters int `json:"reporters"`
}

// Voice is what one complaint said, in coarse answers alone.
type Voice struct {
	ComplaintID   uuid.UUID `json:"complaint_id"`
	Day           time.Time `json:"day"`     // filed, to the day
	Country       string    `json:"country"` // ISO 3166 alpha-2, "" for not said
	Indicators    []string  `json:"indicators"`
	FirstHand     bool      `json:"first_hand"`
	DangerNow     bool      `json:"danger_now"`
	MissingPerson bool      `json:"missing_person"`
	Minor         bool      `json:"minor"`
	// PoliceMay is the reporter's own leave that police act on it.
	PoliceMay bool `json:"police_may"`
}

// Deps of a Service.
type Deps struct {
	DB    *postgres.DB
	Clock clock.Clock
	// People tells genuine memberships from those that somebody wrote past the portal.
	People *identity.People
	Random io.Reader // for references; crypto/rand in earnest
	// Step is called between every two steps, for tests that stop a process
	// there; nil does nothing.
	Step func(name string)
}

// Service holds the use cases.
type Service struct{ deps Deps }

// New returns the use cases over deps.
func New(deps Deps) *Service {
	if deps.Step == nil {
		deps.Step = func(string) {}
	}
	return &Service{deps: deps}
}
