package licensing

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// PageSize is how many applications a page of the queue holds.
const PageSize = 50

// Filter narrows the queue. The zero value is the first page of everything.
type Filter struct {
	Status Status // "" is any
	Name   string // part of the agency's name in either script
	Page   int    // from 1; anything less is 1
}

// Queue is one page of applications: those still open first, the longest
// waiting on top, then the decided ones, the latest on top.
type Queue struct {
	Papers []Paper
	Total  int // of all pages
	Page   int
	Pages  int // at least 1
}

// Queue returns the applications that officers work through.
func (s *Service) Queue(ctx context.Context, actor identity.Actor, f Filter) (Queue, error) {
	if err := authority.Require(actor, authority.ApplicationList, authority.Object{}); err != nil {
		return Queue{}, err
	}
	q := Queue{Page: max(f.Page, 1)}
	err := s.db.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if q.Total, err = countPapers(tx, f); err != nil {
			return err
		}
		q.Pages = max((q.Total+PageSize-1)/PageSize, 1)
		q.Page = min(q.Page, q.Pages)
		q.Papers, err = findPapers(tx, f, PageSize, (q.Page-1)*PageSize)
		return err
	})
	if err != nil {
		return Queue{}, fmt.Errorf("read queue: %w", err)
	}
	return q, nil
}

// Folder is one application with what is on record about its agency.
type Folder struct {
	Paper   Paper
	Licence Licence
	State   State   // of the licence today
	Earlier []Paper // other applications of the agency, the latest first
	Term    Term    // that a grant of today would have
	Due     Due     // by when the application is to be decided
}

// Get returns one application as an officer sees it, or a NotFound fault.
func (s *Service) Get(ctx context.Context, actor identity.Actor, application uuid.UUID) (Folder, error) {
	if err := authority.Require(actor, authority.ApplicationRead, authority.Object{}); err != nil {
		return Folder{}, err
	}
	var f Folder
	err := s.db.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if f.Paper, err = findPaper(tx, application); err != nil {
			return err
		}
		if f.Licence, err = LicenceOf(tx, f.Paper.AgencyID); err != nil {
			return err
		}
		book, err := s.laws.Book(tx)
		if err != nil {
			return err
		}
		f.Term, f.Due = termOn(book, s.Today()), dueFrom(book, policy.LicenceDecision, s.home.Today(f.Paper.FiledAt), s.Today())
		all, err := papersOf(tx, f.Paper.AgencyID)
		for _, p := range all {
			if p.ID != application {
				f.Earlier = append(f.Earlier, p)
			}
		}
		return err
	})
	if err != nil {
		return Folder{}, fmt.Errorf("read application: %w", err)
	}
	f.State = f.Licence.StateOn(s.Today())
	return f, nil
}

// Standing is what an agency sees of its own licence.
type Standing struct {
	NameLatin, NameLocal string
	Licence              Licence
	State                State   // today
	Papers               []Paper // the agency's applications, the latest first
	Asks                 Asks    // of whoever applies today
}

// Open returns the application that waits for a decision; false without one.
func (s Standing) Open() (Paper, bool) {
	for _, p := range s.Papers {
		if p.Status == Filed {
			return p, true
		}
	}
	return Paper{}, false
}

// Own returns the standing of the actor's own agency. Who decided stays with
// the ministry: the papers name no officer.
func (s *Service) Own(ctx context.Context, actor identity.Actor) (Standing, error) {
	if err := authority.Require(actor, authority.AgencyDesk, authority.Object{}); err != nil {
		return Standing{}, err
	}
	if actor.AgencyID == uuid.Nil {
		return Standing{}, fault.New(fault.Forbidden, "problem.not_found")
	}
	var own Standing
	err := s.db.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if own.NameLatin, own.NameLocal, err = agencyNames(tx, actor.AgencyID); err != nil {
			return err
		}
		if own.Licence, err = LicenceOf(tx, actor.AgencyID); err != nil {
			return err
		}
		book, err := s.laws.Book(tx)
		if err != nil {
			return err
		}
		own.Asks = asksOn(book, s.Today(), own.Licence.Number != "")
		own.Papers, err = papersOf(tx, actor.AgencyID)
		return err
	})
	if err != nil {
		return Standing{}, fmt.Errorf("read own standing: %w", err)
	}
	for i := range own.Papers {
		own.Papers[i].DecidedBy = ""
	}
	own.State = own.Licence.StateOn(s.Today())
	return own, nil
}
