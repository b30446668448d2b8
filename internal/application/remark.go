package application

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Remark is what an officer finds wrong with an answer.
type Remark struct {
	Round   int
	Section dossier.Section
	Item    string // "" is the section as a whole
	Field   string // "" is the item as a whole
	Text    string
	MadeAt  time.Time
}

// maxText is the longest remark or reason, in characters.
const maxText = 2000

// Note keeps a remark about the round that lies with the ministry. There is one an
// answer: another text takes its place, an empty one removes it.
func (s *Service) Note(ctx context.Context, actor identity.Actor, application uuid.UUID, r Remark) error {
	if err := authority.Require(actor, authority.ApplicationRecommend, authority.Object{}); err != nil {
		return err
	}
	r.Text = strings.TrimSpace(r.Text)
	if utf8.RuneCountInString(r.Text) > maxText {
		return fault.Field("text", "licensing.too_long")
	}
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		h, err := hold(tx, application)
		if err != nil {
			return err
		}
		if err := s.openFor(tx, actor, h); err != nil {
			return err
		}
		answers, err := version(tx, h.ID, h.Round)
		if err != nil {
			return err
		}
		if !answerable(answers, r) {
			return errNotFound()
		}
		r.Round, r.MadeAt = h.Round, s.now()
		if r.Text == "" {
			return deleteRemark(tx, h.ID, r)
		}
		return upsertRemark(tx, id.New(), h.ID, r, actor)
	})
	if err != nil {
		return fmt.Errorf("note a remark: %w", err)
	}
	return nil
}

// answerable reports whether there is such an answer to remark on.
func answerable(d dossier.Dossier, r Remark) bool {
	chapter, known := dossier.ChapterOf(r.Section)
	if !known {
		return false
	}
	if r.Item != "" {
		if _, there := d.Item(r.Section, r.Item); !there {
			return false
		}
	}
	if r.Field == "" {
		return true
	}
	_, there := chapter.Field(r.Field)
	return there && r.Item != ""
}

// Return sends the application back with its remarks. Without one it is a Conflict
// fault: whoever is to correct something must know what.
func (s *Service) Return(ctx context.Context, actor identity.Actor, application uuid.UUID) error {
	if err := authority.Require(actor, authority.ApplicationRecommend, authority.Object{}); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		h, err := hold(tx, application)
		if err != nil {
			return err
		}
		if err := s.openFor(tx, actor, h); err != nil {
			return err
		}
		remarks, err := remarksOf(tx, h.ID)
		if err != nil {
			return err
		}
		if len(remarks) == 0 || remarks[len(remarks)-1].Round != h.Round {
			return fault.New(fault.Conflict, "licensing.no_remark")
		}
		if err := insertReturn(tx, h, actor, s.now()); err != nil {
			return err
		}
		if err := move(tx, h.ID, Filed, Returned); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: actor, Action: "application.returned", ObjectKind: "application", ObjectID: h.ID})
	})
	if err != nil {
		return fmt.Errorf("return application: %w", err)
	}
	return nil
}

// openFor reports, as a fault, why an officer can do nothing with it now: it is not
// with the ministry, it is their own, or a recommendation waits.
func (s *Service) openFor(tx postgres.Tx, actor identity.Actor, h held) error {
	switch waits, err := waiting(tx, h.ID); {
	case err != nil:
		return err
	case h.Status != Filed:
		return fault.New(fault.Conflict, "licensing.already_decided")
	case h.FiledBy == actor.PersonID:
		return fault.New(fault.Forbidden, "licensing.own_application")
	case waits != uuid.Nil:
		return fault.New(fault.Conflict, "licensing.recommended")
	}
	return nil
}
