package subscription

import (
	"bytes"
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// batch is how many agencies are compared before the next are looked up.
const batch = 200

func process() (identity.Actor, error) {
	by := identity.System("subscriptions")
	return by, authority.Require(by, authority.SubscriptionTell, authority.Object{})
}

// Round forgets addresses that nobody confirmed in time, and promises a letter to each
// whose agency the register shows otherwise than when they were last told. Whatever
// changed meanwhile, there and back, is one change or none. Twice is once.
func (s *Service) Round(ctx context.Context) error {
	by, err := process()
	if err != nil {
		return err
	}
	err = s.DB.InTx(ctx, by, func(tx postgres.Tx) error { return forgetUnconfirmed(tx, s.Clock.Now().Add(-open)) })
	if err != nil {
		return fmt.Errorf("forget what was not confirmed: %w", err)
	}
	var after uuid.UUID
	for {
		var watched []watchedRow
		err := s.DB.Read(ctx, by, func(tx postgres.Tx) (err error) {
			watched, err = watchedAgencies(tx, after, batch)
			return err
		})
		if err != nil {
			return fmt.Errorf("list watched agencies: %w", err)
		}
		for _, w := range watched {
			if err := s.compare(ctx, by, w); err != nil {
				return fmt.Errorf("compare an entry of the register: %w", err)
			}
			after = w.AgencyID
		}
		if len(watched) < batch {
			return nil
		}
	}
}

func (s *Service) compare(ctx context.Context, by identity.Actor, w watchedRow) error {
	entry, err := s.Register.Get(ctx, w.Slug)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	now, err := fingerprint(entry)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		told, err := takeUntold(tx, w.AgencyID, now)
		if err != nil {
			return err
		}
		for _, key := range told {
			if err := promise(tx, key, kindChanged, s.Clock.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// Send keeps the promise TopicMail. Who ended the subscription meanwhile gets nothing.
// At least once; the Message-ID tells mailboxes that it is the same letter.
func (s *Service) Send(ctx context.Context, promiseID uuid.UUID) error {
	by, err := process()
	if err != nil {
		return err
	}
	p, kept, err := outbox.Load(ctx, s.DB, by, promiseID)
	if err != nil || kept {
		return err
	}
	var l letterRow
	err = s.DB.Read(ctx, by, func(tx postgres.Tx) error {
		l, err = findLetter(tx, p.SubjectID)
		return err
	})
	if err != nil {
		return fmt.Errorf("load a letter: %w", err)
	}
	sent := false
	if s.Mail != nil && l.ID != uuid.Nil && l.SentAt == nil {
		letter, err := s.write(l)
		if err != nil {
			return fmt.Errorf("write a letter: %w", err)
		}
		if err := s.Mail.Send(ctx, letter); err != nil {
			return fmt.Errorf("send mail: %w", err)
		}
		sent = true
	}
	return outbox.Fulfil(ctx, s.DB, by, promiseID, func(tx postgres.Tx, _ outbox.Promise) error {
		if !sent {
			return nil
		}
		return markSent(tx, l.ID, s.Clock.Now())
	})
}

func (s *Service) write(l letterRow) (mail.Letter, error) {
	to, err := s.box.Open(l.Sealed, l.SubscriptionID[:])
	if err != nil {
		return mail.Letter{}, err
	}
	subject, err := s.Words.Text(l.Language, "changes.mail."+l.Kind+".subject")
	if err != nil {
		return mail.Letter{}, err
	}
	at := s.BaseURL + "/changes/" + s.token(l.SubscriptionID)
	text, err := s.Words.Text(l.Language, "changes.mail."+l.Kind+".text", "URL", at)
	if err != nil {
		return mail.Letter{}, err
	}
	return mail.Letter{ID: "changes-" + l.ID.String(), To: string(bytes.TrimSpace(to)), Subject: subject, Text: text, End: at + "/one-click"}, nil
}
