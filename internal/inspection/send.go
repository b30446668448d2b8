package inspection

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// replyBy is the last day for a reply to what is sent that day, or the zero time
// where the law, or the calendar that it counts by, is not configured.
func replyBy(b policy.Book, day time.Time) time.Time {
	var span policy.Span
	if _, set := b.Read(policy.LicenceReply, day, &span); !set {
		return time.Time{}
	}
	last, known := b.Calendar(day).End(day, span)
	if !known {
		return time.Time{}
	}
	return last
}

// Send shows the inspection to the agency and asks for its reply. From here on
// nothing of it changes, and it keeps the points that held on the day of the
// visit.
func (s *Service) Send(ctx context.Context, actor identity.Actor, key uuid.UUID) error {
	return s.move(ctx, actor, authority.InspectionSend, key, "sent", func(tx postgres.Tx, i Inspection) error {
		if err := mayGo(i, Sent); err != nil {
			return err
		}
		lines, err := linesOf(tx, i)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(lines, func(l Line) bool { return l.Answer == "" }) {
			return fault.New(fault.Conflict, "inspection.unanswered")
		}
		book, err := s.Laws.Book(tx)
		if err != nil {
			return err
		}
		today := s.Today()
		due := replyBy(book, today)
		if err := send(tx, key, today, due, pointsOn(book, i.VisitedOn).Since, s.Clock.Now()); err != nil || s.Told == nil {
			return err
		}
		return s.Told(tx, i.AgencyID, key, due)
	})
}

// Reply is what the agency says.
type Reply struct {
	Overall  string
	Findings map[string]string // code → reply
}

func (r Reply) read(lines []Line) (Reply, error) {
	wrong := fault.Fields{}
	kept := Reply{Findings: map[string]string{}}
	var code string
	if kept.Overall, code = text(r.Overall, maxReply, false); code != "" {
		wrong["reply"] = code
	}
	for finding, said := range r.Findings {
		said, code = text(said, maxSeen, false)
		found := slices.ContainsFunc(lines, func(l Line) bool { return l.Code == finding && l.Finding() })
		switch {
		case code != "":
			wrong["reply."+finding] = code
		case said != "" && !found:
			wrong["reply."+finding] = "form.choice"
		case said != "":
			kept.Findings[finding] = said
		}
	}
	if len(wrong) == 0 && strings.TrimSpace(kept.Overall) == "" && len(kept.Findings) == 0 {
		wrong["reply"] = "inspection.reply_empty"
	}
	return kept, fault.FromFields(wrong)
}

// Reply is the agency's answer, once. After the last day it is a Conflict fault
// with the code inspection.reply_over, and where it was given already one with
// inspection.replied.
func (s *Service) Reply(ctx context.Context, actor identity.Actor, key uuid.UUID, r Reply) error {
	if err := authority.Require(actor, authority.InspectionReply, authority.Object{AgencyID: actor.AgencyID}); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		i, err := hold(tx, key)
		if err != nil {
			return err
		}
		if err := authority.Require(actor, authority.InspectionReply, authority.Object{AgencyID: i.AgencyID}); err != nil {
			return err
		}
		today := s.Today()
		switch {
		case i.Late(today), i.Status == Lapsed:
			return fault.New(fault.Conflict, "inspection.reply_over")
		case !CanMove(i.Status, Replied):
			return fault.New(fault.Conflict, "inspection.replied")
		}
		lines, err := linesOf(tx, i)
		if err != nil {
			return err
		}
		r, err := r.read(lines)
		if err != nil {
			return err
		}
		if err := reply(tx, key, r, today, s.Clock.Now()); err != nil {
			return err
		}
		return record(tx, actor, "replied", key)
	})
	if err != nil {
		return fmt.Errorf("reply to inspection: %w", err)
	}
	return nil
}
