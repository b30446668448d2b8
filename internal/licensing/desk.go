package licensing

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// PageSize is how many lines a page of a list holds.
const PageSize = 50

// Filter narrows the list of agencies. The zero value is the first page of all.
type Filter struct {
	State State  // as the register lists it; "" is any
	Name  string // part of a name in either script, or of the licence number
	// Days keeps licences whose last period ends within so many days; 0 is any.
	Days int
	// Conditions keeps agencies with a condition that has no end yet.
	Conditions bool
	Page       int // from 1; anything less is 1
}

// Line is an agency in the list.
type Line struct {
	ID         uuid.UUID
	NameLatin  string
	NameLocal  string
	State      State
	Number     string
	Until      time.Time // the last day of its last period, or the zero time
	Conditions int       // without an end
}

// List is one page of agencies by name.
type List struct {
	Lines []Line
	Page  int
	More  bool // there is a page after this one
}

// Agencies lists agencies as officers work through them.
func (s *Service) Agencies(ctx context.Context, actor identity.Actor, f Filter) (List, error) {
	if err := authority.Require(actor, authority.RegisterList, authority.Object{}); err != nil {
		return List{}, err
	}
	list := List{Page: max(f.Page, 1)}
	err := s.db.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		list.Lines, err = agenciesFor(tx, f, s.Today(), PageSize+1, (list.Page-1)*PageSize)
		return err
	})
	if err != nil {
		return List{}, fmt.Errorf("list agencies: %w", err)
	}
	if list.More = len(list.Lines) > PageSize; list.More {
		list.Lines = list.Lines[:PageSize]
	}
	return list, nil
}

// Record is everything about one licence, as whoever acts may see it.
type Record struct {
	Agency               uuid.UUID
	NameLatin, NameLocal string
	Licence              Licence
	State                State // today
	Scope                Scope // today
	Steps                []StepLine
	// Waits are the decisions about it that wait. An agency sees none.
	Waits []Waiting
	// May are the steps that are legal today.
	May []StepKind
	// Duties are how many of those whom a step stranded still wait.
	Duties int
	Reply  Due // of a notice of today
}

// StepLine is a step with what can be said to it.
type StepLine struct {
	Step

	Answered []StepKind
	// MayReply, MayAppeal and MayEnd say what is open: to the agency, and to the
	// ministry about a condition.
	MayReply, MayAppeal, MayEnd bool
	AppealUntil                 Due
}

// Waiting is a decision that waits.
type Waiting struct {
	ID   uuid.UUID
	Kind StepKind
}

// Open returns the record of an agency, for its own people, licensing officers and
// overseers.
func (s *Service) Open(ctx context.Context, actor identity.Actor, agency uuid.UUID) (Record, error) {
	if err := mayOpen(actor, agency); err != nil {
		return Record{}, err
	}
	r := Record{Agency: agency}
	err := s.db.Read(ctx, actor, func(tx postgres.Tx) error { return s.open(tx, &r) })
	if err != nil {
		return Record{}, fmt.Errorf("open licence: %w", err)
	}
	return r, nil
}

func mayOpen(actor identity.Actor, agency uuid.UUID) error {
	if actor.UnitKind == identity.UnitAgency {
		return authority.Require(actor, authority.LicenceRead, authority.Object{AgencyID: agency})
	}
	if authority.Enter(actor, authority.AppealPropose).Allowed {
		return nil
	}
	return authority.Require(actor, authority.RegisterList, authority.Object{})
}

func (s *Service) open(tx postgres.Tx, r *Record) (err error) {
	if r.NameLatin, r.NameLocal, err = NamesOf(tx, r.Agency); err != nil {
		return err
	}
	if r.Licence, err = LicenceOf(tx, r.Agency); err != nil {
		return err
	}
	r.State = r.Licence.StateOn(s.Today())
	if r.Scope, err = ScopeOn(tx, r.Agency, s.Today()); err != nil {
		return err
	}
	steps, err := stepsOf(tx, r.Agency)
	if err != nil {
		return err
	}
	for _, step := range steps {
		line, err := s.line(tx, steps, step)
		if err != nil {
			return err
		}
		r.Steps = append(r.Steps, line)
	}
	for _, kind := range StepKinds() {
		if CanStep(r.State, kind) && !moves[kind].own && !moves[kind].must {
			r.May = append(r.May, kind)
		}
	}
	if r.Waits, err = waitingSteps(tx, r.Agency); err != nil {
		return err
	}
	if r.Duties, err = openDuties(tx, r.Agency); err != nil {
		return err
	}
	r.Reply, err = s.ReplyUntil(tx)
	return err
}

// line says what can be said to a step.
func (s *Service) line(tx postgres.Tx, all []Step, step Step) (StepLine, error) {
	l := StepLine{Step: step}
	for _, other := range all {
		if other.Of == step.ID {
			l.Answered = append(l.Answered, other.Kind)
		}
	}
	has := func(kind StepKind) bool {
		for _, k := range l.Answered {
			if k == kind {
				return true
			}
		}
		return false
	}
	switch step.Kind {
	case Notice:
		l.MayReply = !has(Reply) && !has(Drop) && !s.Today().After(step.Until)
		l.MayEnd = !has(Drop)
	case Narrow:
		l.MayEnd = !has(Widen) && (step.Until.IsZero() || !s.Today().After(step.Until))
	case Condition:
		l.MayEnd = !has(ConditionMet) && !has(ConditionMissed)
	case Appeal:
		l.MayEnd = !has(AppealUpheld) && !has(AppealDismissed)
	case AskSurrender:
		l.MayEnd = !has(Surrender)
	default:
	}
	if step.Kind == Suspend || step.Kind == Narrow || step.Kind == Revoke || step.Kind == Condition {
		due, err := s.AppealUntil(tx, step.ID)
		if err != nil {
			return l, err
		}
		l.AppealUntil, l.MayAppeal = due, !due.Over && !has(Appeal)
	}
	return l, nil
}

// Letter returns one step with its agency, to be printed.
func (s *Service) Letter(ctx context.Context, actor identity.Actor, step uuid.UUID) (Step, Record, error) {
	var found Step
	err := s.db.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		found, err = stepOf(tx, step)
		return err
	})
	if err != nil {
		return Step{}, Record{}, fmt.Errorf("read letter: %w", err)
	}
	record, err := s.Open(ctx, actor, found.AgencyID)
	return found, record, err
}

// OpenAppeals lists appeals without a verdict, the oldest first, with the names of
// their agencies.
func (s *Service) OpenAppeals(ctx context.Context, actor identity.Actor) ([]AppealLine, error) {
	if err := authority.Require(actor, authority.AppealPropose, authority.Object{}); err != nil {
		return nil, err
	}
	var all []AppealLine
	err := s.db.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		all, err = openAppeals(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list appeals: %w", err)
	}
	return all, nil
}

// AppealLine is an appeal that waits.
type AppealLine struct {
	AgencyID  uuid.UUID
	NameLatin string
	NameLocal string
	Against   StepKind
	At        time.Time
}
