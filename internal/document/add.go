package document

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/upload"
	"github.com/google/uuid"
)

// Incoming is a file that somebody attaches.
type Incoming struct {
	Owner     Owner
	Kind      string
	ExpiresOn time.Time // a day; the zero time for a document without a last one
	Claim     upload.Claim
	Bytes     []byte
}

const (
	// maxOwned is how many documents one owner has at a time.
	maxOwned = 200
	// farthest is how many years ahead the last day of a document may be.
	farthest = 50
)

// Add attaches a file. What is wrong with the file is an *upload.Refusal; with the
// rest an Invalid fault at the fields kind and expires_on. Where the owner is not
// open, or has too many already, it is a Conflict fault.
func (s *Service) Add(ctx context.Context, by identity.Actor, in Incoming) (uuid.UUID, error) {
	action := authority.DocumentAdd
	if by.UnitKind != identity.UnitAgency {
		action = authority.DocumentAttach
	}
	if err := authority.Require(by, action, authority.Door()); err != nil {
		return uuid.Nil, err
	}
	if err := s.check(in); err != nil {
		return uuid.Nil, err
	}
	// Before the file is unpacked, which takes its time. It is asked again within
	// the transaction that adds it.
	var standing Standing
	err := s.DB.InTx(ctx, by, func(tx postgres.Tx) (err error) {
		standing, err = s.mayAdd(tx, by, action, in.Owner)
		return err
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("add a document: %w", err)
	}
	taken, err := s.Files.Take(ctx, in.Claim, in.Bytes)
	if err != nil {
		return uuid.Nil, err
	}
	d := Document{
		ID: id.New(), AgencyID: standing.AgencyID, Owner: in.Owner, Kind: in.Kind, Type: taken.Type, Size: len(in.Bytes), SHA256: taken.SHA256[:],
		Pages: taken.Pages, View: taken.View, Scan: taken.Scan, ExpiresOn: in.ExpiresOn, UploadedBy: by.PersonID, UploadedAt: s.now(),
	}
	closed, err := s.close(d.ID, in, taken)
	if err == nil {
		err = s.insert(ctx, by, action, d, closed)
	}
	if err != nil {
		for _, p := range closed {
			err = errors.Join(err, s.Blobs.Delete(p.Blob))
		}
		return uuid.Nil, fmt.Errorf("add a document: %w", err)
	}
	return d.ID, nil
}

func (s *Service) check(in Incoming) error {
	wrong := fault.Fields{}
	if !in.Owner.takes(in.Kind) {
		wrong["kind"] = "form.choice"
	}
	today := s.Today()
	switch {
	case in.ExpiresOn.IsZero():
	case in.ExpiresOn.Before(today):
		wrong["expires_on"] = "document.error.expired"
	case in.ExpiresOn.After(today.AddDate(farthest, 0, 0)):
		wrong["expires_on"] = "form.date"
	}
	return fault.FromFields(wrong)
}

// mayAdd asks whether the actor may attach something to the owner just now.
func (s *Service) mayAdd(tx postgres.Tx, by identity.Actor, action authority.Action, o Owner) (Standing, error) {
	standing, err := s.standing(tx, by, o)
	if err != nil {
		return Standing{}, err
	}
	if err := authority.Require(by, action, authority.Object{AgencyID: standing.AgencyID}); err != nil {
		return Standing{}, err
	}
	if !standing.Readable {
		return Standing{}, errNotFound()
	}
	if !standing.Open {
		return Standing{}, errClosed()
	}
	n, err := countOwned(tx, o)
	if err == nil && n >= maxOwned {
		err = fault.New(fault.Conflict, "document.error.too_many")
	}
	return standing, err
}

// insert writes it down. A desk's key may be replaced meanwhile: then the original
// is addressed anew.
func (s *Service) insert(ctx context.Context, by identity.Actor, action authority.Action, d Document, closed []part) error {
	const attempts = 4
	for range attempts {
		if err := s.address(ctx, closed); err != nil {
			return err
		}
		err := s.DB.InTx(ctx, by, func(tx postgres.Tx) error {
			if _, err := s.mayAdd(tx, by, action, d.Owner); err != nil {
				return err
			}
			if err := insertDocument(tx, d); err != nil {
				return err
			}
			for _, p := range closed {
				if err := insertPart(tx, d.ID, p); err != nil {
					return err
				}
			}
			return audit.Record(tx, audit.Entry{Actor: by, Action: "document.added", ObjectKind: "document", ObjectID: d.ID})
		})
		if !postgres.Violates(err, "envelope_key_is_current") {
			return err
		}
		s.Desks.Refresh()
	}
	return fault.New(fault.Conflict, "problem.conflict")
}

// police is the code of the national police unit: the one that is under no other.
// A unit that somebody changed past the portal is none.
func (s *Service) police(ctx context.Context) (code string, err error) {
	err = s.DB.Read(ctx, identity.Public(), func(tx postgres.Tx) error {
		units, err := s.People.Units(tx, identity.UnitPolice)
		at := slices.IndexFunc(units, func(u identity.UnitRecord) bool { return u.ParentID == nil && s.People.GenuineUnit(u) })
		if at >= 0 {
			code = units[at].Code
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("find the police unit: %w", err)
	}
	return code, nil
}
