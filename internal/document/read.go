package document

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/upload"
	"github.com/google/uuid"
)

// Facts are what the page of a document says.
type Facts struct {
	Document

	Name string // as its sender's machine called the file
	// MayRemove: the actor may take it back.
	MayRemove bool
}

// Read returns what is known of a document, with the name that its file had.
func (s *Service) Read(ctx context.Context, by identity.Actor, key uuid.UUID) (Facts, error) {
	var f Facts
	file, done, err := s.enter(ctx, by, key, "document.read", &f)
	if err != nil {
		return Facts{}, fmt.Errorf("read a document: %w", err)
	}
	if file == nil {
		return f, nil
	}
	defer done()
	p, err := unpack(file)
	if err != nil {
		return Facts{}, fmt.Errorf("read a document: %w", err)
	}
	if f.Name, err = p.fileName(); err != nil {
		return Facts{}, fmt.Errorf("read a document: %w", err)
	}
	return f, nil
}

// Open returns one page of the viewing copy, from 1 on. That somebody looked at it
// is on record. A page that there is not is a NotFound fault.
func (s *Service) Open(ctx context.Context, by identity.Actor, key uuid.UUID, page int) (upload.Image, error) {
	var f Facts
	file, done, err := s.enter(ctx, by, key, "document.viewed", &f)
	if err != nil {
		return upload.Image{}, fmt.Errorf("open a document: %w", err)
	}
	if file == nil {
		return upload.Image{}, errNotFound()
	}
	defer done()
	p, err := unpack(file)
	if err != nil {
		return upload.Image{}, fmt.Errorf("open a document: %w", err)
	}
	image, err := p.page(page)
	if err != nil {
		return upload.Image{}, fmt.Errorf("open a document: %w", err)
	}
	return image, nil
}

// enter asks who may, writes down that they came, and opens the viewing copy. The
// file is nil for a document that was removed.
func (s *Service) enter(ctx context.Context, by identity.Actor, key uuid.UUID, action string, f *Facts) (file *seal.File, done func(), err error) {
	if err := authority.Require(by, authority.DocumentRead, authority.Door()); err != nil {
		return nil, nil, err
	}
	var at partRow
	err = s.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		d, err := findDocument(tx, key)
		if err != nil {
			return err
		}
		standing, err := s.readable(tx, by, d)
		if err != nil {
			return err
		}
		if d.Owner.Kind == OfInspection && by.UnitKind == identity.UnitAgency {
			d.By, d.UploadedBy = "", uuid.Nil // who inspected is not told to whom they did
		}
		f.Document = d
		f.MayRemove = standing.Open && !d.Removed() && authority.Require(by, authority.DocumentAdd, authority.Object{AgencyID: d.AgencyID}) == nil
		if at, err = findPart(tx, key, view); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: by, Action: action, ObjectKind: "document", ObjectID: key})
	})
	if err != nil || f.Removed() {
		return nil, nil, err
	}
	// Where the shred key lies, no agency and no officer sees.
	err = s.DB.Read(ctx, identity.Door(), func(tx postgres.Tx) (err error) {
		at.Slot, err = findSlot(tx, key, view)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	file, shut, err := s.open(key, at)
	if errors.Is(err, shred.ErrDestroyed) {
		return nil, nil, errNotFound()
	}
	if err != nil {
		return nil, nil, err
	}
	return file, func() { _ = shut.Close() }, nil
}

// readable asks the policy, and the subject that the document is attached to.
func (s *Service) readable(tx postgres.Tx, by identity.Actor, d Document) (Standing, error) {
	if err := authority.Require(by, authority.DocumentRead, authority.Object{AgencyID: d.AgencyID, UnitID: by.UnitID}); err != nil {
		return Standing{}, err
	}
	standing, err := s.standing(tx, by, d.Owner)
	if err == nil && (!standing.Readable || standing.AgencyID != d.AgencyID) {
		err = errNotFound()
	}
	return standing, err
}

// List lists what is attached to an owner and was not removed, the newest first,
// within the transaction of somebody who may see the owner.
func List(tx postgres.Tx, o Owner) ([]Document, error) {
	all, err := findOwned(tx, o)
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	return all, nil
}

// ExpiringBetween lists documents whose last day is from one day to another, both
// included, for whoever reminds. What was removed is not among them.
func ExpiringBetween(tx postgres.Tx, from, until time.Time) ([]Document, error) {
	all, err := findExpiring(tx, from, until)
	if err != nil {
		return nil, fmt.Errorf("list expiring documents: %w", err)
	}
	return all, nil
}
