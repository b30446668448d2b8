package inspection

import (
	"context"
	"fmt"
	"slices"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Closing is how an officer ends an inspection.
type Closing struct {
	Outcome Outcome
	Reason  string // the agency reads it
	// Withdrawn are the codes of findings that are not upheld after the reply.
	Withdrawn []string
}

// Close ends the inspection. Whoever inspected may not (Conflict fault
// inspection.second_officer), nor anybody while the agency may still reply
// (inspection.reply_open). It passes only where it is scored, the points that are
// upheld stay under the threshold, and every critical standard was seen: else an
// Invalid fault at outcome.
func (s *Service) Close(ctx context.Context, actor identity.Actor, key uuid.UUID, c Closing) error {
	wrong := fault.Fields{}
	var code string
	if c.Reason, code = text(c.Reason, maxReason, true); code != "" {
		wrong["reason"] = code
	}
	if !slices.Contains(Outcomes(), c.Outcome) {
		wrong["outcome"] = "form.choice"
	}
	if err := fault.FromFields(wrong); err != nil {
		return err
	}
	c.Withdrawn = unique(c.Withdrawn)
	err := s.move(ctx, actor, authority.InspectionClose, key, "closed", func(tx postgres.Tx, i Inspection) error {
		goes, err := goesThere(tx, key, actor.PersonID)
		if err != nil {
			return err
		}
		if goes {
			return fault.New(fault.Conflict, "inspection.second_officer")
		}
		today := s.Today()
		if i.Late(today) { // the job that writes it down has not run yet
			if err := lapseOne(tx, key, today, s.Clock.Now()); err != nil {
				return err
			}
			if err := record(tx, actor, "lapsed", key); err != nil {
				return err
			}
			i.Status = Lapsed
		}
		if i.Status == Sent && !i.Closable(today) {
			return fault.New(fault.Conflict, "inspection.reply_open")
		}
		if err := mayGo(i, Closed); err != nil {
			return err
		}
		points, err := s.weigh(tx, i, c)
		if err != nil {
			return err
		}
		return closeIt(tx, key, c, points.Since, today, s.Clock.Now())
	})
	if err != nil {
		return fmt.Errorf("close inspection: %w", err)
	}
	return nil
}

// weigh returns the points by which the inspection ends, or what speaks against
// the outcome.
func (s *Service) weigh(tx postgres.Tx, i Inspection, c Closing) (Points, error) {
	lines, err := linesOf(tx, i)
	if err != nil {
		return Points{}, err
	}
	for n, l := range lines {
		lines[n].Withdrawn = slices.Contains(c.Withdrawn, l.Code)
	}
	for _, code := range c.Withdrawn {
		if !slices.ContainsFunc(lines, func(l Line) bool { return l.Code == code && l.Finding() }) {
			return Points{}, fault.Field("withdrawn", "form.choice")
		}
	}
	book, err := s.Laws.Book(tx)
	if err != nil {
		return Points{}, err
	}
	points := atClosing(book, i)
	score := scoreOf(points, lines)
	switch {
	case c.Outcome != Passed || score.MayPass():
		return points, nil
	case !score.Known():
		return Points{}, fault.Field("outcome", "inspection.pass_unscored")
	case score.Fails():
		return Points{}, fault.Field("outcome", "inspection.pass_points")
	}
	return Points{}, fault.Field("outcome", "inspection.pass_unseen")
}
