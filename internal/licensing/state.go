package licensing

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// State is what an agency's licence is on a given day.
type State string

// The states.
const (
	Listed      State = "listed"  // no licence is on record
	NotYet      State = "not_yet" // granted, but the first period has not begun
	Licensed    State = "licensed"
	Expired     State = "expired" // the last period is over
	Suspended   State = "suspended"
	Revoked     State = "revoked"
	Surrendered State = "surrendered"
)

// EventKind is what happened to a licence.
type EventKind string

// The kinds of event, as the licence_events table allows them.
const (
	EventGranted     EventKind = "granted"
	EventExpired     EventKind = "expired"
	EventSuspended   EventKind = "suspended"
	EventWidened     EventKind = "widened" // they are in again
	EventReinstated  EventKind = "reinstated"
	EventRevoked     EventKind = "revoked"
	EventSurrendered EventKind = "surrendered"
	EventNarrowed    EventKind = "narrowed" // some destinations or occupations are out, for a time
	// What follows is noted, and changes nothing by itself.
	EventAppealed        EventKind = "appealed"
	EventAppealUpheld    EventKind = "appeal_upheld"
	EventAppealDismissed EventKind = "appeal_dismissed"
)

// Period is the time a grant is valid for, both days included, at midnight UTC.
type Period struct{ From, Until time.Time }

// Covers reports whether the day lies in the period.
func (p Period) Covers(day time.Time) bool { return !day.Before(p.From) && !day.After(p.Until) }

// Event is one thing that happened to a licence.
type Event struct {
	Kind EventKind
	On   time.Time // the day, at midnight UTC
	// Reason is a locale key or an officer's own words.
	Reason string
	// Until is the last day of a suspension or of narrowing, the zero time where it
	// is open.
	Until time.Time
	// StepID is the step behind it, the zero id of a grant and of what an import
	// brought.
	StepID uuid.UUID
}

// Licence is everything on record about one agency's licence. The zero value
// is an agency that never had one.
type Licence struct {
	Number  string   // "" when none was ever granted
	Periods []Period // by first day
	Events  []Event  // oldest first
}

// StateOn returns what the licence is on the day. It goes by the dates alone: a
// period that is over is expired whether or not anybody has written so down.
func (l Licence) StateOn(day time.Time) State {
	if sanction, ok := l.sanctionOn(day); ok {
		return sanction
	}
	switch {
	case slices.ContainsFunc(l.Periods, func(p Period) bool { return p.Covers(day) }):
		return Licensed
	case slices.ContainsFunc(l.Periods, func(p Period) bool { return p.Until.Before(day) }):
		return Expired
	case len(l.Periods) > 0:
		return NotYet
	}
	return Listed
}

// sanctionOn returns the state that the last event before or on the day put the
// licence in, when that overrides its periods. The database's licence_state says
// the same.
func (l Licence) sanctionOn(day time.Time) (State, bool) {
	e, ok := l.sanction(day)
	if !ok {
		return "", false
	}
	switch e.Kind {
	case EventSuspended:
		return Suspended, true
	case EventRevoked:
		return Revoked, true
	case EventSurrendered:
		return Surrendered, true
	default:
		return "", false
	}
}

// sanction returns the event that overrides the periods on the day.
func (l Licence) sanction(day time.Time) (last Event, ok bool) {
	for _, e := range l.Events {
		switch e.Kind {
		case EventSuspended, EventRevoked, EventSurrendered:
			if !e.On.After(day) {
				last, ok = e, true
			}
		case EventGranted, EventReinstated:
			if !e.On.After(day) {
				last, ok = e, false
			}
		case EventExpired, EventNarrowed, EventWidened, EventAppealed, EventAppealUpheld, EventAppealDismissed:
		}
	}
	if ok && last.Kind == EventSuspended && !last.Until.IsZero() && last.Until.Before(day) {
		return Event{}, false // it is over
	}
	return last, ok
}

// EndedOn returns the day from which the licence is over on the day: of a revocation
// or a surrender, or the last day of the last period of one that expired. false says
// that it is not over.
func (l Licence) EndedOn(day time.Time) (time.Time, bool) {
	switch l.StateOn(day) {
	case Revoked, Surrendered:
		e, ok := l.sanction(day)
		return e.On, ok
	case Expired:
		return l.ValidUntil(), true
	default:
		return time.Time{}, false
	}
}

// ValidUntil returns the last day of the last period, or the zero time.
func (l Licence) ValidUntil() time.Time {
	var last time.Time
	for _, p := range l.Periods {
		if p.Until.After(last) {
			last = p.Until
		}
	}
	return last
}
