package document

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// Folder is an agency's own papers, held against what the law asks of an
// application.
type Folder struct {
	AgencyID             uuid.UUID
	NameLatin, NameLocal string
	Today                time.Time
	// Configured is false where nobody set what the law asks: then nothing is
	// missing, and nothing complete.
	Configured bool
	Asked      []Asked
	Documents  []Document // all that are there, the newest first
	Removed    []Document // for officers: what was taken back
}

// Asked is a kind of document that the law asks for.
type Asked struct {
	Kind string
	// Latest is the one that serves longest, or nil: missing.
	Latest *Document
	State  AskedState
}

// AskedState says how a kind stands.
type AskedState string

// The states.
const (
	There    AskedState = "there"
	Missing  AskedState = "missing"
	Expiring AskedState = "expiring" // within soon
	Lapsed   AskedState = "lapsed"
)

// soon is how many days before its last one a document is said to expire.
const soon = 60

// Own is the folder of the actor's agency.
func (s *Service) Own(ctx context.Context, by identity.Actor) (Folder, error) {
	if err := authority.Require(by, authority.DocumentAdd, authority.Object{AgencyID: by.AgencyID}); err != nil {
		return Folder{}, err
	}
	return s.folder(ctx, by, by.AgencyID)
}

// Of is the folder of any agency, for an officer.
func (s *Service) Of(ctx context.Context, by identity.Actor, agency uuid.UUID) (Folder, error) {
	if err := authority.Require(by, authority.DocumentOf, authority.Object{AgencyID: agency}); err != nil {
		return Folder{}, err
	}
	return s.folder(ctx, by, agency)
}

func (s *Service) folder(ctx context.Context, by identity.Actor, agency uuid.UUID) (Folder, error) {
	f := Folder{AgencyID: agency, Today: s.Today()}
	err := s.DB.Read(ctx, by, func(tx postgres.Tx) error {
		name, err := findAgency(tx, agency)
		if err != nil {
			return err
		}
		f.NameLatin, f.NameLocal = name.NameLatin, name.NameLocal
		owner := Owner{OfAgency, agency}
		if f.Documents, err = findOwned(tx, owner); err != nil {
			return err
		}
		if by.UnitKind == identity.UnitMinistry {
			if f.Removed, err = findRemoved(tx, owner); err != nil {
				return err
			}
		}
		book, err := s.Laws.Book(tx)
		if err != nil {
			return err
		}
		var law struct {
			Required []string `json:"required"`
		}
		_, f.Configured = book.Read(policy.LicenceDocuments, f.Today, &law)
		f.Asked = ask(law.Required, f.Documents, f.Today)
		return nil
	})
	if err != nil {
		return Folder{}, fmt.Errorf("list an agency's documents: %w", err)
	}
	return f, nil
}

// ask holds what is there against what is asked, in the order in which the law can
// ask for it.
func ask(required []string, there []Document, today time.Time) (all []Asked) {
	for _, kind := range policy.Documents() {
		if !slices.Contains(required, kind) {
			continue
		}
		a := Asked{Kind: kind, State: Missing}
		for i, d := range there {
			if d.Kind == kind && (a.Latest == nil || lasts(d, *a.Latest)) {
				a.Latest = &there[i]
			}
		}
		switch {
		case a.Latest == nil:
		case a.Latest.Expired(today):
			a.State = Lapsed
		case !a.Latest.ExpiresOn.IsZero() && a.Latest.ExpiresOn.Before(today.AddDate(0, 0, soon)):
			a.State = Expiring
		default:
			a.State = There
		}
		all = append(all, a)
	}
	return all
}

// lasts reports whether d serves longer than other.
func lasts(d, other Document) bool {
	return !other.ExpiresOn.IsZero() && (d.ExpiresOn.IsZero() || d.ExpiresOn.After(other.ExpiresOn))
}

// Missing counts what the law asks for and is not there, or serves no more.
func (f Folder) Missing() (n int) {
	for _, a := range f.Asked {
		if a.State == Missing || a.State == Lapsed {
			n++
		}
	}
	return n
}
