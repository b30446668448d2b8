package subscription

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// maxAddress is how long an address may be (RFC 5321).
const maxAddress = 254

// address reads a bare address, in lower case.
func address(typed string) (string, bool) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	a, err := mail.ParseAddress(typed)
	if err != nil || a.Address != typed || len(typed) > maxAddress || strings.ContainsAny(typed, "\r\n\x00") {
		return "", false
	}
	return typed, true
}

// Ask sends a letter with a link by which the address is confirmed. The answer is the
// same for one that asked before, so that nobody learns who did. A wrong address is an
// Invalid fault at email; an unknown agency a NotFound fault; while too many ask it is
// a TooMany fault.
func (s *Service) Ask(ctx context.Context, slug, typed, lang string) error {
	by := identity.Public()
	if err := authority.Require(by, authority.SubscriptionKeep, authority.Object{}); err != nil {
		return err
	}
	if !s.Enabled() {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	to, ok := address(typed)
	if !ok {
		return fault.FromFields(fault.Fields{"email": "changes.email.wrong"})
	}
	entry, err := s.Register.Get(ctx, slug)
	if err != nil {
		return err
	}
	err = s.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		now := s.Clock.Now()
		if n, err := countLetters(tx, now.Add(-time.Hour)); err != nil || n >= perHour {
			if err == nil {
				err = fault.New(fault.TooMany, "problem.too_many")
			}
			return err
		}
		row := subscriptionRow{ID: id.New(), AgencyID: entry.ID, Subscriber: s.Pins.Pin("subscriber", []byte(to)), Language: lang, AskedAt: now}
		row.Sealed = s.box.Seal([]byte(to), row.ID[:])
		key, wants, err := keep(tx, row, now.Add(-pause))
		if err != nil || !wants {
			return err
		}
		return promise(tx, key, kindConfirm, now)
	})
	if err != nil {
		return fmt.Errorf("ask for changes: %w", err)
	}
	return nil
}

// promise makes a letter, within the transaction that it follows from.
func promise(tx postgres.Tx, subscription uuid.UUID, kind string, now time.Time) error {
	key := id.New()
	if err := insertLetter(tx, key, subscription, kind, now); err != nil {
		return err
	}
	return outbox.Append(tx, outbox.Promise{Topic: TopicMail, SubjectID: key})
}

// Look opens a subscription by its link, or is a NotFound fault where it is over.
func (s *Service) Look(ctx context.Context, token string) (Subscription, error) {
	key, err := s.parse(token)
	if err != nil {
		return Subscription{}, err
	}
	var found Subscription
	err = s.DB.Read(ctx, identity.Public(), func(tx postgres.Tx) (err error) {
		found, err = find(tx, key)
		return err
	})
	if err != nil {
		return Subscription{}, fmt.Errorf("open a subscription: %w", err)
	}
	return found, nil
}

// Confirm begins to tell, from what the register says now. Twice is once.
func (s *Service) Confirm(ctx context.Context, token string) error {
	found, err := s.Look(ctx, token)
	if err != nil || found.Confirmed {
		return err
	}
	entry, err := s.Register.Get(ctx, found.Slug)
	if err != nil {
		return err
	}
	seen, err := fingerprint(entry)
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx postgres.Tx) error { return confirm(tx, found.ID, seen, s.Clock.Now()) })
}

// End forgets the address. Twice is a NotFound fault.
func (s *Service) End(ctx context.Context, token string) error {
	key, err := s.parse(token)
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx postgres.Tx) error { return forget(tx, key) })
}

func (s *Service) change(ctx context.Context, do func(tx postgres.Tx) error) error {
	by := identity.Public()
	if err := authority.Require(by, authority.SubscriptionKeep, authority.Object{}); err != nil {
		return err
	}
	if err := s.DB.InTx(ctx, by, do); err != nil {
		return fmt.Errorf("change a subscription: %w", err)
	}
	return nil
}
