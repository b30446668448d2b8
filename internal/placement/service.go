package placement

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Service is the use cases. It is safe for concurrent use.
type Service struct {
	db     *postgres.DB
	clock  clock.Clock
	hasher matching.Keyed
	home   country.Home
}

// New returns the use cases over db. hasher must hold the key under which
// complaints are hashed too: otherwise nothing ever matches.
func New(db *postgres.DB, clk clock.Clock, hasher matching.Keyed, home country.Home) *Service {
	return &Service{db: db, clock: clk, hasher: hasher, home: home}
}

// Register records a placement of the actor's own agency and returns its id.
// Wrong fields are an Invalid fault; a departure that no licence covers, or
// that lies outside its scope, and a document already registered for that day are
// Conflict faults at the field.
func (s *Service) Register(ctx context.Context, actor identity.Actor, p Placement) (uuid.UUID, error) {
	if err := authority.Require(actor, authority.PlacementRegister, authority.Object{AgencyID: actor.AgencyID}); err != nil {
		return uuid.Nil, err
	}
	e, err := s.entry(ctx, p)
	if err != nil {
		return uuid.Nil, err
	}
	key := id.New()
	err = s.db.InTx(ctx, actor, func(tx postgres.Tx) error {
		licence, err := licensing.HoldLicence(tx, actor.AgencyID)
		if err != nil {
			return err
		}
		if licence.StateOn(e.departure) != licensing.Licensed {
			return fault.New(fault.Conflict, "placement.not_licensed").With("departure", "placement.not_licensed")
		}
		scope, err := licensing.ScopeOn(tx, actor.AgencyID, e.departure)
		if err != nil {
			return err
		}
		if scope.Known() && !scope.Covers(e.country, e.occupation) {
			return fault.New(fault.Conflict, "placement.out_of_scope").With("country", "placement.out_of_scope")
		}
		employer, err := employerFor(tx, e, s.clock.Now())
		if err != nil {
			return err
		}
		fresh, err := insert(tx, key, actor, employer, e, s.clock.Now())
		if err != nil {
			return err
		}
		if !fresh {
			return fault.New(fault.Conflict, "placement.twice").With("document", "placement.twice")
		}
		return audit.Record(tx, audit.Entry{Actor: actor, Action: "placement.registered", ObjectKind: "placement", ObjectID: key})
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("register placement: %w", err)
	}
	return key, nil
}

// PageSize is how many placements a page of the list holds.
const PageSize = 50

// Page is one page of an agency's placements, the latest departure on top.
type Page struct {
	Records []Record
	Total   int // of all pages
	Page    int
	Pages   int // at least 1
}

// List returns a page, counted from 1, of the placements of the actor's own
// agency.
func (s *Service) List(ctx context.Context, actor identity.Actor, page int) (Page, error) {
	if err := authority.Require(actor, authority.PlacementList, authority.Object{AgencyID: actor.AgencyID}); err != nil {
		return Page{}, err
	}
	list := Page{}
	err := s.db.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if list.Total, err = count(tx, actor.AgencyID); err != nil {
			return err
		}
		list.Pages = max((list.Total+PageSize-1)/PageSize, 1)
		list.Page = min(max(page, 1), list.Pages)
		list.Records, err = find(tx, actor.AgencyID, PageSize, (list.Page-1)*PageSize)
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("list placements: %w", err)
	}
	return list, nil
}

// PlacedByPhone reports whether the agency registered a placement of somebody
// with one of these phones. It tells nothing more, to whoever files a complaint
// on their behalf. Empty tokens match nothing.
func (s *Service) PlacedByPhone(ctx context.Context, agency uuid.UUID, phones []matching.Token) (bool, error) {
	var found bool
	err := s.db.Read(ctx, identity.Public(), func(tx postgres.Tx) (err error) {
		found, err = placedByPhone(tx, agency, phones)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look for placement: %w", err)
	}
	return found, nil
}
