package application

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// Folder is one application with what is on record about its agency.
type Folder struct {
	Paper   Paper
	Answers dossier.Dossier // of the last round
	// Changes are what this round says otherwise than the one before or, in the first
	// round, than the last application that was granted. Compared says that there
	// was one.
	Changes  []dossier.Change
	Compared bool
	Remarks  []Remark // of all rounds
	Licence  licensing.Licence
	State    licensing.State // of the licence today
	Scope    licensing.Scope // of today
	Earlier  []Paper         // other applications of the agency, the latest first
	Term     licensing.Term  // that a grant of today would have
	Due      licensing.Due   // by when the application is to be decided
	Asks     Asks
	Receipt  *Receipt // nil: no fee was received
	// Fitness is what the phoenix check of this round came to.
	Fitness fitness.Standing
	// Recommended is what waits to be decided, nil where nothing does.
	Recommended *Recommendation
}

// Get returns one application as an officer sees it, or a NotFound fault.
func (s *Service) Get(ctx context.Context, actor identity.Actor, application uuid.UUID) (Folder, error) {
	if err := authority.Require(actor, authority.ApplicationRead, authority.Object{}); err != nil {
		return Folder{}, err
	}
	var f Folder
	err := s.read(ctx, actor, func(tx postgres.Tx) (err error) {
		if f.Paper, err = findPaper(tx, application); err != nil {
			return err
		}
		if err := f.answers(tx); err != nil {
			return err
		}
		if f.Paper.Recommended() {
			r, err := recommendation(tx, f.Paper.Waits)
			if err != nil {
				return err
			}
			f.Recommended = &r
		}
		return s.about(tx, &f)
	})
	if err != nil {
		return Folder{}, fmt.Errorf("read application: %w", err)
	}
	return f, nil
}

// answers reads the last round and compares it.
func (f *Folder) answers(tx postgres.Tx) (err error) {
	if f.Answers, err = version(tx, f.Paper.ID, f.Paper.Round); err != nil {
		return err
	}
	of, round := f.Paper.ID, f.Paper.Round-1
	if round == 0 {
		if of, round, err = decidedBefore(tx, f.Paper); err != nil {
			return err
		}
	}
	if of != uuid.Nil && round > 0 {
		before, err := version(tx, of, round)
		if err != nil {
			return err
		}
		f.Compared, f.Changes = true, dossier.Diff(before, f.Answers)
	}
	f.Remarks, err = remarksOf(tx, f.Paper.ID)
	return err
}

// about reads what is on record beside the answers.
func (s *Service) about(tx postgres.Tx, f *Folder) (err error) {
	if f.Licence, err = licensing.LicenceOf(tx, f.Paper.AgencyID); err != nil {
		return err
	}
	f.State = f.Licence.StateOn(s.Today())
	if f.Scope, err = licensing.ScopeOn(tx, f.Paper.AgencyID, s.Today()); err != nil {
		return err
	}
	book, err := s.Laws.Book(tx)
	if err != nil {
		return err
	}
	f.Term, f.Asks = licensing.TermOn(book, s.Today()), asksOn(book, s.Today(), f.Paper.Kind)
	f.Due = licensing.DueFrom(book, policy.LicenceDecision, s.Home.Today(f.Paper.FiledAt), s.Today())
	if f.Receipt, err = receiptOf(tx, f.Paper.ID); err != nil {
		return err
	}
	if f.Fitness, err = fitness.Of(tx, f.Paper.ID, f.Paper.Round); err != nil {
		return err
	}
	all, err := papersOf(tx, f.Paper.AgencyID)
	for _, p := range all {
		if p.ID != f.Paper.ID {
			f.Earlier = append(f.Earlier, p)
		}
	}
	return err
}

// Standing is what an agency sees of its own licence and applications.
type Standing struct {
	NameLatin, NameLocal string
	Licence              licensing.Licence
	State                licensing.State // today
	Scope                licensing.Scope // today
	Papers               []Paper         // the agency's applications, the latest first
	// Kind is what it can apply for today, "" for nothing.
	Kind Kind
	Asks Asks // of whoever applies for that today
	// What follows is of the open application, and empty without one.
	Answers dossier.Dossier // as typed
	Gaps    []dossier.Gap
	Remarks []Remark // of the round that was sent back last
	// Missing are the documents that the law asks for and the agency's folder has not,
	// or not any more.
	Missing []string
	Receipt *Receipt
}

// Open returns the application about which something is still to be done; false
// without one.
func (s Standing) Open() (Paper, bool) {
	for _, p := range s.Papers {
		if p.Open() {
			return p, true
		}
	}
	return Paper{}, false
}

// Own returns the standing of the actor's own agency. Who decided stays with the
// ministry: the papers name no officer.
func (s *Service) Own(ctx context.Context, actor identity.Actor) (Standing, error) {
	if err := authority.Require(actor, authority.AgencyDesk, authority.Object{}); err != nil {
		return Standing{}, err
	}
	if actor.AgencyID == uuid.Nil {
		return Standing{}, fault.New(fault.Forbidden, "problem.not_found")
	}
	var own Standing
	err := s.read(ctx, actor, func(tx postgres.Tx) (err error) {
		if own.NameLatin, own.NameLocal, err = licensing.NamesOf(tx, actor.AgencyID); err != nil {
			return err
		}
		if own.Licence, err = licensing.LicenceOf(tx, actor.AgencyID); err != nil {
			return err
		}
		own.State = own.Licence.StateOn(s.Today())
		if own.Scope, err = licensing.ScopeOn(tx, actor.AgencyID, s.Today()); err != nil {
			return err
		}
		if own.Papers, err = papersOf(tx, actor.AgencyID); err != nil {
			return err
		}
		return s.ownOpen(tx, actor, &own)
	})
	if err != nil {
		return Standing{}, fmt.Errorf("read own standing: %w", err)
	}
	for i := range own.Papers {
		own.Papers[i].DecidedBy, own.Papers[i].Waits = "", uuid.Nil
	}
	return own, nil
}

// ownOpen reads what is asked, and what is typed in answer.
func (s *Service) ownOpen(tx postgres.Tx, actor identity.Actor, own *Standing) error {
	book, err := s.Laws.Book(tx)
	if err != nil {
		return err
	}
	open, there := own.Open()
	own.Kind = kindFor(own.Licence, windowOn(book, s.Today()), s.Today())
	if !there {
		own.Asks = asksOn(book, s.Today(), own.Kind)
		return nil
	}
	own.Asks = asksOn(book, s.Today(), open.Kind)
	d, err := draftOf(tx, actor.AgencyID, "")
	if err != nil {
		return err
	}
	own.Answers, own.Gaps = d.Answers, d.Answers.Gaps(own.Asks.of(s.Today()))
	if own.Missing, err = missingPapers(tx, actor.AgencyID, own.Asks, s.Today()); err != nil {
		return err
	}
	if own.Receipt, err = receiptOf(tx, open.ID); err != nil {
		return err
	}
	remarks, err := remarksOf(tx, open.ID)
	for _, r := range remarks {
		if r.Round == open.Round && open.Status == Returned {
			own.Remarks = append(own.Remarks, r)
		}
	}
	return err
}
