package complaint

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Find opens a session for the holder of a receipt and returns its token. A
// receipt that cannot be one is refused before anything is looked up; one that
// finds nothing is an Invalid fault at the field, after the same work, and
// nothing tells whether it ever did.
func (s *Service) Find(ctx context.Context, by identity.Actor, typed string) (string, error) {
	if err := authority.Require(by, authority.ComplaintFind, authority.Object{}); err != nil {
		return "", err
	}
	receipt, err := ParseReceipt(typed)
	if err != nil {
		return "", err
	}
	// The mailbox is derived whether or not there is anything to open.
	mailbox, err := seal.MailboxOf(receipt.Code())
	if err != nil {
		return "", fmt.Errorf("find complaint: %w", err)
	}
	var complaint uuid.UUID
	hash := s.lookup("id", receipt.Code())
	err = s.DB.Read(ctx, by, func(tx postgres.Tx) (err error) {
		complaint, err = findByReceipt(tx, hash)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("find complaint: %w", err)
	}
	if complaint == uuid.Nil {
		return "", fault.Field(receiptField, "complaint.receipt.unknown")
	}
	return s.Sessions.OpenReceipt(ctx, hash, func(token string) ([]byte, error) {
		return mailbox.ToSession(token, complaint)
	})
}

// Mine is what the holder of a receipt sees.
type Mine struct {
	FiledAt  time.Time
	Status   Status // as the reporter is told
	Contents Contents
}

// Mine returns how the actor's own complaint stands and what was sent, opened
// with the session's token. The read is recorded.
func (s *Service) Mine(ctx context.Context, by identity.Actor, token string, sealedKey []byte) (Mine, error) {
	if err := authority.Require(by, authority.ComplaintMine, authority.Object{ComplaintID: by.ComplaintID}); err != nil {
		return Mine{}, err
	}
	mine, _, err := s.openOwn(ctx, by, token, sealedKey)
	if err != nil {
		return Mine{}, fmt.Errorf("read own complaint: %w", err)
	}
	return mine, nil
}

// openOwn opens the actor's own complaint, and gives what of it can be passed on.
func (s *Service) openOwn(ctx context.Context, by identity.Actor, token string, sealedKey []byte) (mine Mine, opened seal.Opened, err error) {
	var shut sealedRows
	err = s.DB.InTx(ctx, by, func(tx postgres.Tx) (err error) {
		if mine.FiledAt, mine.Status, shut, err = findOwn(tx, by.Proof); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: by, Action: "complaint.read", ObjectKind: "complaint", ObjectID: by.ComplaintID})
	})
	if err != nil {
		return mine, opened, err
	}
	mine.Status = mine.Status.Told()
	mailbox, err := seal.FromSession(token, by.ComplaintID, sealedKey)
	if err != nil {
		return mine, opened, err
	}
	if opened, err = mailbox.Open(by.ComplaintID, shut.Envelope); err != nil {
		return mine, opened, err
	}
	mine.Contents, err = s.contents(by.ComplaintID, shut, opened)
	return mine, opened, err
}
