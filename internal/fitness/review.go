package fitness

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Evidence is one match in words that an officer may read.
type Evidence struct {
	Kind                 Kind
	Shown                string
	Degree, Weight       int
	OtherID              uuid.UUID
	NameLatin, NameLocal string // of the other agency
	State                licensing.State
}

// Tenths writes the weight as "3.0".
func (e Evidence) Tenths() string { return fmt.Sprintf("%d.%d", e.Weight/10, e.Weight%10) }

// Standing is what officers know of the check of a round. It is the same whether a
// second decision is needed for what complaints say, or at random.
type Standing struct {
	Done         bool // the check ran
	Grade        Grade
	Evidence     []Evidence
	Barred       []BarredEvidence
	SecondNeeded bool
	SecondGiven  bool
}

// Of returns the standing of an application's round, within the caller's transaction.
func Of(tx postgres.Tx, application uuid.UUID, round int) (Standing, error) {
	c, found, err := checkOf(tx, application, round)
	if err != nil || !found {
		return Standing{}, err
	}
	s := Standing{Done: true, Grade: c.Grade, SecondNeeded: c.SecondNeeded, SecondGiven: c.SecondAt != nil}
	if s.Evidence, err = evidenceOf(tx, c.ID); err != nil {
		return s, err
	}
	s.Barred, err = barredEvidenceOf(tx, c.ID)
	return s, err
}

// MayGrant refuses a grant whose check has not run, or whose second decision is not
// given. Nothing that was found refuses by itself.
func (s Standing) MayGrant() error {
	switch {
	case !s.Done:
		return fault.New(fault.Conflict, "fitness.not_checked")
	case s.SecondNeeded && !s.SecondGiven:
		return fault.New(fault.Conflict, "fitness.second_needed")
	}
	return nil
}

// Sealed is what only the reviewer sees.
type Sealed struct {
	Alerts int  // that detection holds open
	Random bool // the file was drawn
}

// Review is what a reviewer says.
type Review struct {
	GoOn bool
	Text string
	At   time.Time
}

// Waiting is a check that waits for its second decision.
type Waiting struct {
	ID                   uuid.UUID
	NameLatin, NameLocal string
	MadeAt               time.Time
	Reviews              int
}

// File is a check as the reviewer sees it.
type File struct {
	ID                   uuid.UUID
	NameLatin, NameLocal string
	Grade                Grade
	Evidence             []Evidence
	Barred               []BarredEvidence
	Sealed               Sealed
	Reviews              []Review
	Given                bool
}

// Waiting lists the checks that wait for a second decision.
func (s *Service) Waiting(ctx context.Context, actor identity.Actor) ([]Waiting, error) {
	if err := authority.Require(actor, authority.FitnessReview, authority.Object{}); err != nil {
		return nil, err
	}
	var all []Waiting
	err := s.DB.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		all, err = waitingChecks(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list checks: %w", err)
	}
	return all, nil
}

// Get opens one for its reviewer, which is put on record.
func (s *Service) Get(ctx context.Context, actor identity.Actor, check uuid.UUID) (File, error) {
	if err := authority.Require(actor, authority.FitnessReview, authority.Object{}); err != nil {
		return File{}, err
	}
	f := File{ID: check}
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		c, found, err := checkByID(tx, check, "")
		if err != nil {
			return err
		}
		if !found || !c.SecondNeeded {
			return fault.New(fault.NotFound, "problem.not_found")
		}
		f.Grade, f.Given = c.Grade, c.SecondAt != nil
		if f.NameLatin, f.NameLocal, err = licensing.NamesOf(tx, c.AgencyID); err != nil {
			return err
		}
		if f.Evidence, err = evidenceOf(tx, check); err != nil {
			return err
		}
		if f.Barred, err = barredEvidenceOf(tx, check); err != nil {
			return err
		}
		if f.Sealed, err = sealedOf(tx, check); err != nil {
			return err
		}
		if f.Reviews, err = reviewsOf(tx, check); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: actor, Action: "fitness.read", ObjectKind: "fitness", ObjectID: check})
	})
	if err != nil {
		return File{}, fmt.Errorf("read check: %w", err)
	}
	return f, nil
}

// maxText is the longest reason of a review, in characters.
const maxText = 2000

// Review says that the ministry may go on, or not yet. The reason stays with the
// reviewers.
func (s *Service) Review(ctx context.Context, actor identity.Actor, check uuid.UUID, r Review) error {
	if err := authority.Require(actor, authority.FitnessReview, authority.Object{}); err != nil {
		return err
	}
	r.Text = strings.TrimSpace(r.Text)
	switch n := utf8.RuneCountInString(r.Text); {
	case n == 0:
		return fault.Field("text", "licensing.reason_required")
	case n > maxText:
		return fault.Field("text", "licensing.too_long")
	}
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		c, found, err := checkByID(tx, check, "FOR UPDATE")
		if err != nil {
			return err
		}
		if !found || !c.SecondNeeded {
			return fault.New(fault.NotFound, "problem.not_found")
		}
		if c.SecondAt != nil {
			return fault.New(fault.Conflict, "fitness.given")
		}
		if err := insertReview(tx, id.New(), check, r, actor.PersonID, s.Clock.Now().UTC().Truncate(time.Microsecond)); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: actor, Action: "fitness.reviewed", ObjectKind: "fitness", ObjectID: check})
	})
	if err != nil {
		return fmt.Errorf("review: %w", err)
	}
	return nil
}
