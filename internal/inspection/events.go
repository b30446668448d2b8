package inspection

import (
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Event is one dated thing that happened in an inspection.
type Event struct {
	InspectionID uuid.UUID
	On           time.Time // the day, at midnight UTC
	// Kind is the status that it reached; Planned is dated by the day for which it
	// is planned, which may be to come.
	Kind    Status
	Outcome Outcome // of Closed
}

// Events lists what happened in the inspections of the agency, oldest first, for
// its timeline. Whoever the transaction works for learns no more than they may
// see: an agency nothing of what was not sent to it.
func Events(tx postgres.Tx, agency uuid.UUID) ([]Event, error) {
	all, err := inspectionsOf(tx, agency)
	if err != nil {
		return nil, fmt.Errorf("read inspections: %w", err)
	}
	var events []Event
	for _, i := range all {
		for _, e := range []Event{
			{On: i.PlannedFor, Kind: Planned},
			{On: i.VisitedOn, Kind: Visited},
			{On: i.SentOn, Kind: Sent},
			{On: i.RepliedOn, Kind: Replied},
			{On: i.LapsedOn, Kind: Lapsed},
			{On: i.ClosedOn, Kind: Closed, Outcome: i.Outcome},
		} {
			// A plan that became a visit is told by the visit.
			planned := e.Kind == Planned && i.Status != Planned && i.Status != CalledOff
			if e.On.IsZero() || planned {
				continue
			}
			if e.Kind == Planned {
				e.Kind = i.Status
			}
			e.InspectionID = i.ID
			events = append(events, e)
		}
	}
	slices.SortStableFunc(events, func(a, b Event) int { return a.On.Compare(b.On) })
	return events, nil
}

// Latest returns the inspection of the agency that was closed last; false without
// one.
func Latest(tx postgres.Tx, agency uuid.UUID) (Inspection, bool, error) {
	all, err := inspectionsOf(tx, agency)
	if err != nil {
		return Inspection{}, false, fmt.Errorf("read inspections: %w", err)
	}
	var last Inspection
	for _, i := range all {
		if i.Status == Closed && !i.ClosedOn.Before(last.ClosedOn) {
			last = i
		}
	}
	return last, last.ID != uuid.Nil, nil
}

// DueReplies lists the inspections whose last day for a reply was before today
// without one, the longest gone first.
func DueReplies(tx postgres.Tx, today time.Time) ([]uuid.UUID, error) {
	keys, err := dueReplies(tx, today)
	if err != nil {
		return nil, fmt.Errorf("read due replies: %w", err)
	}
	return keys, nil
}

// PlannedFor returns the inspection of the agency that was planned for that day;
// false without one.
func PlannedFor(tx postgres.Tx, agency uuid.UUID, day time.Time) (Inspection, bool, error) {
	all, err := inspectionsOf(tx, agency)
	if err != nil {
		return Inspection{}, false, fmt.Errorf("read inspections: %w", err)
	}
	at := slices.IndexFunc(all, func(i Inspection) bool { return i.PlannedFor.Equal(day) })
	if at < 0 {
		return Inspection{}, false, nil
	}
	return all[at], true, nil
}
