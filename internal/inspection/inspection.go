package inspection

import (
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/google/uuid"
)

// Status is where an inspection stands.
type Status string

// The statuses.
const (
	Planned   Status = "planned"
	CalledOff Status = "called_off"
	Visited   Status = "visited"
	Recorded  Status = "recorded" // everything that was asked is answered
	Sent      Status = "sent"     // to the agency, for its reply
	Replied   Status = "replied"
	Lapsed    Status = "lapsed" // the last day for the reply is gone
	Closed    Status = "closed"
)

// moves lists every legal step; a step that is absent is forbidden, here and by
// the trigger inspection_moves. What is sent is closed without a reply only where
// no deadline is configured: then none can pass.
var moves = map[Status][]Status{
	Planned:  {Visited, CalledOff},
	Visited:  {Recorded},
	Recorded: {Sent},
	Sent:     {Replied, Lapsed, Closed},
	Replied:  {Closed},
	Lapsed:   {Closed},
}

// CanMove reports whether an inspection may go from one status to another.
func CanMove(from, to Status) bool { return slices.Contains(moves[from], to) }

// Statuses lists all statuses in the order of an inspection's life.
func Statuses() []Status {
	return []Status{Planned, CalledOff, Visited, Recorded, Sent, Replied, Lapsed, Closed}
}

// Outcome is how an inspection ended.
type Outcome string

// The outcomes. Conditions are proposed here, and set with the licence.
const (
	Passed     Outcome = "passed"
	Failed     Outcome = "failed"
	Conditions Outcome = "conditions"
)

// Outcomes lists them.
func Outcomes() []Outcome { return []Outcome{Passed, Conditions, Failed} }

// Inspection is what is on record of one. Days are midnight UTC, and the zero
// time where they have not come.
type Inspection struct {
	ID            uuid.UUID
	AgencyID      uuid.UUID
	NameLatin     string // of the agency; at least one of the two names is there
	NameLocal     string
	ApplicationID uuid.UUID // uuid.Nil: for none
	Status        Status
	PlannedFor    time.Time
	Place         string
	Announced     bool
	VisitedOn     time.Time
	Revision      int // how often somebody saved answers
	SentOn        time.Time
	ReplyBy       time.Time // the last day; zero: no deadline is configured
	PointsFrom    time.Time // from when the law holds by which it is scored; zero: not scored
	RepliedOn     time.Time
	Reply         string // overall
	LapsedOn      time.Time
	ClosedOn      time.Time
	Outcome       Outcome // "" while open
	Reason        string  // of closing or calling off
}

// Late reports whether the last day for the reply is gone without one, whether
// or not anybody has written so down.
func (i Inspection) Late(today time.Time) bool {
	return i.Status == Sent && !i.ReplyBy.IsZero() && i.ReplyBy.Before(today)
}

// Replies reports whether the agency may reply on that day.
func (i Inspection) Replies(today time.Time) bool { return i.Status == Sent && !i.Late(today) }

// Open reports whether answers may be written down.
func (i Inspection) Open() bool { return i.Status == Visited || i.Status == Recorded }

// Closable reports whether it may be closed on that day: the agency has replied,
// can no longer, or has no deadline.
func (i Inspection) Closable(today time.Time) bool {
	return i.Status == Replied || i.Status == Lapsed || i.Late(today) || i.Status == Sent && i.ReplyBy.IsZero()
}

// Inspector is somebody who goes. An agency learns role and unit alone.
type Inspector struct {
	Role     identity.Role
	UnitName map[string]string // language → name
	PersonID uuid.UUID         // the ministry's to know, else uuid.Nil
	Name     string            // the ministry's to know, else ""
}

// Step is a move that was made, for the ministry.
type Step struct {
	Status Status
	By     string // "" for a process
	At     time.Time
}

// Longest texts, in characters.
const (
	maxPlace  = 500
	maxSeen   = 2000
	maxReply  = 4000 // overall; one about a finding is as long as what was seen
	maxReason = 2000
	maxTeam   = 10
)
