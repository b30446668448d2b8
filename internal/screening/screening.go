package screening

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/pattern"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Escalations hands a pattern to investigators within the transaction that
// established it.
type Escalations interface {
	Raise(tx postgres.Tx, by identity.Actor, in escalation.Raising) (key uuid.UUID, raised bool, err error)
	Follow(tx postgres.Tx, by identity.Actor, alertID uuid.UUID, complaints []uuid.UUID) error
}

// Deps of a Service.
type Deps struct {
	DB          *postgres.DB
	Clock       clock.Clock
	Log         *slog.Logger
	Escalations Escalations
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

func actor() identity.Actor { return identity.System("screening") }

// Screen keeps the promise to weigh a complaint. The complaint is judged as of
// the day on which it was filed, so that a late job and a replay find the same.
// Running it again changes nothing.
func (s *Service) Screen(ctx context.Context, promiseID uuid.UUID) error {
	err := outbox.Fulfil(ctx, s.deps.DB, actor(), promiseID, func(tx postgres.Tx, p outbox.Promise) error { //nolint:contextcheck // tx carries it
		return s.screen(tx, p.SubjectID)
	})
	if err != nil {
		return fmt.Errorf("screen complaint: %w", err)
	}
	return nil
}

func (s *Service) screen(tx postgres.Tx, complaintID uuid.UUID) error {
	if err := authority.Require(actor(), authority.ComplaintWeigh, authority.Object{}); err != nil {
		return err
	}
	named, err := findNamed(tx, complaintID)
	if err != nil {
		return err
	}
	rules, err := s.rulesOn(tx, named.Day)
	if err != nil {
		return err
	}
	// Before the first row that refers to a complaint is written: whoever waits
	// for a subject must hold nothing that its holder may want.
	if err := lockSubjects(tx, named.Subjects); err != nil {
		return err
	}
	s.deps.Step("screen: subjects locked")
	now := s.deps.Clock.Now()
	first, err := insertEvaluation(tx, complaintID, rules.id, now)
	if err != nil || !first {
		return err
	}
	var all []folded
	for _, at := range audiences() {
		concerned, err := named.concerns(tx, at, pattern.NeedsOf(rules.tuned).HistoryDays)
		if err != nil {
			return err
		}
		if !concerned {
			continue
		}
		known, err := load(tx, named, pattern.NeedsOf(rules.tuned), at)
		if err != nil {
			return err
		}
		s.deps.Step("screen: facts loaded")
		for _, subject := range known {
			one, err := fold(tx, subject, rules.tuned, now)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
	}
	s.deps.Step("screen: findings stored")
	if err := s.handOver(tx, all); err != nil {
		return err
	}
	if err := complaint.MarkScreened(tx, complaintID); err != nil {
		return err
	}
	s.deps.Step("screen: before commit")
	return audit.Record(tx, audit.Entry{Actor: actor(), Action: "complaint.weigh", ObjectKind: "complaint", ObjectID: complaintID})
}

// handOver raises an escalation for each alert that rose, and links what joined
// those that had. All complaints are locked first and in one order: an
// escalation refers to them, and two that share some must not wait for each
// other.
func (s *Service) handOver(tx postgres.Tx, all []folded) error {
	var complaints []uuid.UUID
	for _, f := range all {
		complaints = append(complaints, f.told()...)
	}
	if err := complaint.MarkWithInvestigators(tx, complaints); err != nil {
		return err
	}
	s.deps.Step("screen: complaints marked")
	for _, f := range all {
		if f.rise != nil {
			if _, _, err := s.deps.Escalations.Raise(tx, actor(), *f.rise); err != nil {
				return err
			}
		}
		if len(f.joined) > 0 {
			if err := s.deps.Escalations.Follow(tx, actor(), f.alert, f.joined); err != nil {
				return err
			}
		}
	}
	return nil
}

// named is whom a complaint names, and when it was filed.
type named struct {
	Day      pattern.Day
	Subjects []pattern.Subject
	Hidden   map[audience]bool // who may never know of it
}

func (n named) key(kind pattern.SubjectKind) string {
	at := slices.IndexFunc(n.Subjects, func(s pattern.Subject) bool { return s.Kind == kind })
	if at < 0 {
		return ""
	}
	return n.Subjects[at].Key
}

// dayOf reads a moment as the day it falls on. The record keeps UTC, and so do
// the windows.
func dayOf(at time.Time) pattern.Day { return pattern.DayOf(at.UTC()) }
