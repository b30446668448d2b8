package application

import (
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/licensing"
	"github.com/google/uuid"
)

// Status is where an application stands.
type Status string

// The statuses. One that a recommendation waits about is still Filed.
const (
	Draft     Status = "draft"
	Filed     Status = "filed"
	Returned  Status = "returned"
	Granted   Status = "granted"
	Refused   Status = "refused"
	Withdrawn Status = "withdrawn"
)

// moves lists every legal step; a step that is absent is forbidden, here and by
// the database's application_moves.
var moves = map[Status][]Status{
	Draft:    {Filed, Withdrawn},
	Filed:    {Returned, Granted, Refused, Withdrawn},
	Returned: {Filed, Withdrawn},
}

// CanMove reports whether an application may go from one status to another.
func CanMove(from, to Status) bool { return slices.Contains(moves[from], to) }

// Statuses lists all statuses in the order of an application's life.
func Statuses() []Status { return []Status{Draft, Filed, Returned, Granted, Refused, Withdrawn} }

// Kind is what is applied for.
type Kind string

// The kinds.
const (
	First   Kind = "first"   // a licence, or one again after the last is over
	Renewal Kind = "renewal" // another period
	Change  Kind = "change"  // of what is on record, within a period
)

// Paper is an application on record.
type Paper struct {
	ID        uuid.UUID
	AgencyID  uuid.UUID
	NameLatin string // of the agency; at least one of the two names is there
	NameLocal string
	Kind      Kind
	Status    Status
	Round     int // how often it was filed
	BegunAt   time.Time
	FiledBy   uuid.UUID // the zero id of a draft
	FiledName string
	FiledAt   time.Time // of the last round
	DecidedBy string    // the officer's name; "" while open
	DecidedAt time.Time // zero while open
	Reason    string    // of the decision; "" while open
	// Waits is the decision about a recommendation that waits, or the zero id.
	Waits uuid.UUID
}

// Open reports whether something is still to be done about it.
func (p Paper) Open() bool { return p.Status == Draft || p.Status == Filed || p.Status == Returned }

// Recommended reports whether a second officer's decision waits.
func (p Paper) Recommended() bool { return p.Waits != uuid.Nil }

// KindFor is what an agency can apply for on a day, by its licence and the law.
// "" says that it can apply for nothing.
func kindFor(l licensing.Licence, w Window, today time.Time) Kind {
	switch l.StateOn(today) {
	case licensing.Revoked:
		return ""
	case licensing.Licensed, licensing.Suspended, licensing.NotYet:
		// A suspension must not let a licence run out: whoever is suspended may ask for
		// renewal, which is granted when the suspension is lifted.
		if w.Opens(l.ValidUntil(), today) {
			return Renewal
		}
		return Change
	case licensing.Expired:
		if w.StillLate(l.ValidUntil(), today) {
			return Renewal
		}
	case licensing.Listed, licensing.Surrendered:
	}
	return First
}
