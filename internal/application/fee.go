package application

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
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Payment is a fee as an officer found it on the ministry's account.
type Payment struct {
	Money     money.Money
	PaidOn    time.Time
	Reference string
}

const maxReference = 100

// Receive records that the fee of an application arrived, and gives the receipt.
// An amount other than the law's is an Invalid fault at the field amount, a second
// receipt a Conflict fault.
func (s *Service) Receive(ctx context.Context, actor identity.Actor, application uuid.UUID, p Payment) error {
	if err := authority.Require(actor, authority.ApplicationRecommend, authority.Object{}); err != nil {
		return err
	}
	p.Reference = strings.TrimSpace(p.Reference)
	wrong := fault.Fields{}
	if p.Reference == "" {
		wrong["reference"] = "form.required"
	} else if utf8.RuneCountInString(p.Reference) > maxReference {
		wrong["reference"] = "licensing.too_long"
	}
	switch {
	case p.PaidOn.IsZero():
		wrong["paid_on"] = "form.required"
	case p.PaidOn.After(s.Today()):
		wrong["paid_on"] = "dossier.error.future"
	}
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		h, err := hold(tx, application)
		if err != nil {
			return err
		}
		book, err := s.Laws.Book(tx)
		if err != nil {
			return err
		}
		fee := asksOn(book, s.Today(), h.Kind).Fee
		switch {
		case fee == nil:
			return fault.New(fault.Conflict, "licensing.fee_unknown")
		case p.Money != *fee:
			wrong["amount"] = "licensing.fee_other"
		}
		if err := fault.FromFields(wrong); err != nil {
			return err
		}
		fresh, err := insertReceipt(tx, h.ID, Receipt{Money: p.Money, PaidOn: p.PaidOn, Reference: p.Reference, RecordedAt: s.now()}, actor)
		if err != nil {
			return err
		}
		if !fresh {
			return fault.New(fault.Conflict, "licensing.fee_received")
		}
		return audit.Record(tx, audit.Entry{Actor: actor, Action: "application.fee", ObjectKind: "application", ObjectID: h.ID})
	})
	if err != nil {
		return fmt.Errorf("receive fee: %w", err)
	}
	return nil
}
