package letter

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Send keeps the promise TopicSend: one person is told that something waits in
// the portal. Who left meanwhile is not.
//
// A letter is sent at least once. Between the server taking it and the record
// of that a process can die; then it is sent again, under the Message-ID that
// is made of the delivery's id, by which mailboxes can tell it is the same.
func (s *Service) Send(ctx context.Context, promiseID uuid.UUID) error {
	by := identity.System("mail")
	if err := authority.Require(by, authority.MailSend, authority.Object{}); err != nil {
		return err
	}
	p, kept, err := outbox.Load(ctx, s.deps.DB, by, promiseID)
	if err != nil || kept {
		return err
	}
	var d delivery
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		d, err = find(tx, p.SubjectID)
		return err
	})
	if err != nil {
		return fmt.Errorf("load delivery: %w", err)
	}
	sent := false
	if s.deps.Mail != nil && d.ID != uuid.Nil && d.SentAt == nil && d.DeactivatedAt == nil {
		letter, err := s.write(d)
		if err != nil {
			return err
		}
		s.deps.Step("mail: before sending")
		if err := s.deps.Mail.Send(ctx, letter); err != nil {
			return fmt.Errorf("send mail: %w", err)
		}
		sent = true
		s.deps.Step("mail: sent, not recorded")
	}
	return outbox.Fulfil(ctx, s.deps.DB, by, promiseID, func(tx postgres.Tx, _ outbox.Promise) error {
		if !sent {
			return nil
		}
		return markSent(tx, d.ID, s.deps.Clock.Now())
	})
}

// write writes the letter in the person's language.
func (s *Service) write(d delivery) (mail.Letter, error) {
	subject, err := s.deps.Words.Text(d.Language, "mail."+string(d.Step)+".subject")
	if err != nil {
		return mail.Letter{}, fmt.Errorf("write mail: %w", err)
	}
	text, err := s.deps.Words.Text(d.Language, "mail."+string(d.Step)+".text", "URL", s.deps.BaseURL+"/sign-in")
	if err != nil {
		return mail.Letter{}, fmt.Errorf("write mail: %w", err)
	}
	return mail.Letter{ID: "delivery-" + d.ID.String(), To: d.Email, Subject: subject, Text: text}, nil
}
