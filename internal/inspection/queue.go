package inspection

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// PageSize is how many inspections a page of the queue holds.
const PageSize = 50

// Filter narrows the queue. The zero value is the first page of everything.
type Filter struct {
	Status    Status    // "" is any
	Open      bool      // neither closed nor called off
	Name      string    // part of the agency's name in either script
	Inspector uuid.UUID // who goes; uuid.Nil is anybody
	Due       Due
	Agency    uuid.UUID // uuid.Nil is any
	Page      int       // from 1; anything less is 1
}

// Due narrows to inspections whose reply is awaited.
type Due string

// The choices; "" is everything.
const (
	DueWaiting Due = "waiting" // sent, and the agency may still reply
	DueOver    Due = "over"    // sent, and the last day is gone
)

// Summary is an inspection in the queue.
type Summary struct {
	Inspection
	Team string // names, separated by commas
	Over bool   // the last day for the reply is gone without one
}

// Queue is one page: what is open first, by day, then the others, the latest on
// top.
type Queue struct {
	Inspections []Summary
	Total       int // of all pages
	Page        int
	Pages       int // at least 1
}

// Queue returns the inspections that the ministry works through.
func (s *Service) Queue(ctx context.Context, actor identity.Actor, f Filter) (Queue, error) {
	if err := authority.Require(actor, authority.InspectionList, authority.Object{}); err != nil {
		return Queue{}, err
	}
	q, today := Queue{Page: max(f.Page, 1)}, s.Today()
	err := s.DB.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if q.Total, err = countQueue(tx, f, today); err != nil {
			return err
		}
		q.Pages = max((q.Total+PageSize-1)/PageSize, 1)
		q.Page = min(q.Page, q.Pages)
		q.Inspections, err = findQueue(tx, f, today, PageSize, (q.Page-1)*PageSize)
		return err
	})
	if err != nil {
		return Queue{}, fmt.Errorf("read queue of inspections: %w", err)
	}
	for n := range q.Inspections {
		q.Inspections[n].Over = q.Inspections[n].Late(today)
	}
	return q, nil
}

// Own lists the inspections that were sent to the actor's agency, the latest
// first.
func (s *Service) Own(ctx context.Context, actor identity.Actor) (all []Inspection, err error) {
	if err := authority.Require(actor, authority.InspectionOwn, authority.Object{AgencyID: actor.AgencyID}); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, actor, func(tx postgres.Tx) error {
		all, err = inspectionsOf(tx, actor.AgencyID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read own inspections: %w", err)
	}
	return all, nil
}

// Report is one inspection with everything that its reader may see.
type Report struct {
	Inspection
	Today time.Time
	Team  []Inspector
	Lines []Line // what is asked on the day of the visit; none before it
	Score Score
	// Ending is the score by which it would be closed now.
	Ending Score
	// Deadline is the last day for a reply if it were sent today; zero: none is
	// configured.
	Deadline time.Time
	// Last is who saved answers last, and when; Steps are the moves. The ministry's.
	Last  Step
	Steps []Step
	// Photos are what was attached, the newest first. The ministry's.
	Photos []document.Document
	// Goes says that the reader is of the team.
	Goes bool
}

// Findings are the lines that were not met.
func (r Report) Findings() (found []Line) {
	for _, l := range r.Lines {
		if l.Finding() {
			found = append(found, l)
		}
	}
	return found
}

// Dangers are the lines where somebody is in danger now.
func (r Report) Dangers() (found []Line) {
	for _, l := range r.Lines {
		if l.Danger {
			found = append(found, l)
		}
	}
	return found
}

// Get returns an inspection as the ministry sees it, or a NotFound fault.
func (s *Service) Get(ctx context.Context, actor identity.Actor, key uuid.UUID) (Report, error) {
	if err := authority.Require(actor, authority.InspectionRead, authority.Object{}); err != nil {
		return Report{}, err
	}
	return s.report(ctx, actor, key, func(tx postgres.Tx, r *Report) (err error) {
		if r.Steps, r.Last, err = stepsOf(tx, key); err != nil {
			return err
		}
		if r.Photos, err = photosOf(tx, key); err != nil {
			return err
		}
		r.Goes, err = goesThere(tx, key, actor.PersonID)
		return err
	})
}

// Shown returns an inspection as the agency sees it that it was sent to: no name
// of an inspector, and nothing of where they saw danger. Anything else is a
// NotFound fault.
func (s *Service) Shown(ctx context.Context, actor identity.Actor, key uuid.UUID) (Report, error) {
	if err := authority.Require(actor, authority.InspectionOwn, authority.Object{AgencyID: actor.AgencyID}); err != nil {
		return Report{}, err
	}
	return s.report(ctx, actor, key, func(_ postgres.Tx, r *Report) error {
		return authority.Require(actor, authority.InspectionOwn, authority.Object{AgencyID: r.AgencyID})
	})
}

func (s *Service) report(ctx context.Context, actor identity.Actor, key uuid.UUID, more func(tx postgres.Tx, r *Report) error) (Report, error) {
	r := Report{Today: s.Today()}
	err := s.DB.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if r.Inspection, err = find(tx, key); err != nil {
			return err
		}
		if err := more(tx, &r); err != nil {
			return err
		}
		book, err := s.Laws.Book(tx)
		if err != nil {
			return err
		}
		if r.Lines, err = linesOf(tx, r.Inspection); err != nil {
			return err
		}
		r.Score, r.Ending = scoreOf(pointsOf(book, r.Inspection), r.Lines), scoreOf(atClosing(book, r.Inspection), r.Lines)
		r.Deadline = replyBy(book, r.Today)
		r.Team, err = teamOf(tx, key)
		return err
	})
	if err != nil {
		return Report{}, fmt.Errorf("read inspection: %w", err)
	}
	return r, nil
}
