package licensing

import (
	"context"
	"fmt"
	"strings"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// Answer takes a step of the agency itself: a reply to a notice, word that a
// condition is met, an appeal, the wish to give the licence back. Mistakes are
// faults at the field text; what comes too late, or was said already, is a Conflict
// fault.
func (s *Service) Answer(ctx context.Context, actor identity.Actor, d Draft) error {
	if err := authority.Require(actor, authority.LicenceAnswer, authority.Object{AgencyID: actor.AgencyID}); err != nil {
		return err
	}
	if !moves[d.Kind].own {
		return fault.Field("kind", "form.choice")
	}
	d.Agency, d.Ground, d.Text = actor.AgencyID, "", strings.TrimSpace(d.Text)
	err := s.db.InTx(ctx, actor, func(tx postgres.Tx) error {
		// Shared: an agency's people hold the row, and officers wait for them.
		if _, err := HoldLicence(tx, d.Agency); err != nil {
			return err
		}
		if err := s.check(tx, d); err != nil {
			return err
		}
		if err := s.inTime(tx, d); err != nil {
			return err
		}
		step := Step{ID: id.New(), AgencyID: d.Agency, Kind: d.Kind, Text: d.Text, On: s.Today(), Of: d.Of, At: s.now(), Own: true}
		return s.takeOwn(tx, actor, step)
	})
	if postgres.Violates(err, "licence_steps_answered") || postgres.Violates(err, "licence_steps_appealed") {
		err = fault.New(fault.Conflict, "licensing.answered")
	}
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

// inTime refuses a reply after its last day, an appeal after the law's, and a
// second wish to give the licence back.
func (s *Service) inTime(tx postgres.Tx, d Draft) error {
	switch d.Kind {
	case Reply:
		notice, err := stepOf(tx, d.Of)
		if err == nil && s.Today().After(notice.Until) {
			err = fault.New(fault.Conflict, "licensing.reply_late")
		}
		return err
	case Appeal:
		due, err := s.AppealUntil(tx, d.Of)
		if err == nil && due.Over {
			err = fault.New(fault.Conflict, "licensing.appeal_late")
		}
		return err
	case AskSurrender:
		open, err := surrenderAsked(tx, d.Agency)
		if err == nil && open {
			err = fault.New(fault.Conflict, "licensing.answered")
		}
		return err
	default:
		return nil
	}
}

// AppealUntil is until when a step can be appealed. Where the law is not
// configured nothing is late.
func (s *Service) AppealUntil(tx postgres.Tx, step uuid.UUID) (Due, error) {
	of, err := stepOf(tx, step)
	if err != nil {
		return Due{}, err
	}
	book, err := s.laws.Book(tx)
	if err != nil {
		return Due{}, err
	}
	return DueFrom(book, policy.LicenceAppeal, of.On, s.Today()), nil
}

// takeOwn writes an agency's step, and that it appealed on the public history.
func (s *Service) takeOwn(tx postgres.Tx, actor identity.Actor, step Step) error {
	if err := insertStep(tx, step, actor, uuid.Nil); err != nil {
		return err
	}
	if step.Kind == Appeal {
		if err := insertEvent(tx, step.AgencyID, Event{Kind: EventAppealed, On: step.On, StepID: step.ID}); err != nil {
			return err
		}
	}
	return record(tx, actor, step)
}
