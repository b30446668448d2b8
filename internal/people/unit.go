package people

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// PageSize is how many people or units one page lists.
const PageSize = 50

// Unit is one unit.
type Unit struct {
	ID       uuid.UUID
	Code     string
	Kind     identity.UnitKind
	Name     map[string]string // language → name
	ParentID uuid.UUID         // the zero id for the head of a tree
	Parent   map[string]string
	Members  int // active people with a role
	// Province is where at home it stands, as its officials write it; "" for none.
	Province string
	// Countries are those whose cases an embassy desk takes, ISO 3166-1 alpha-2.
	Countries []string
}

// UnitFilter narrows the list of units. The zero value lists everything.
type UnitFilter struct {
	Kind  identity.UnitKind
	Query string // a part of the code or of a name
	Page  int    // from 0
}

// UnitPage is a unit with who works there.
type UnitPage struct {
	Unit
	Children []Unit
	Roles    []Role
	// Led says that somebody there may admit others.
	Led bool
	// LedBy are the roles that may.
	LedBy []identity.Role
}

// Units lists units by kind and code.
func (s *Service) Units(ctx context.Context, by identity.Actor, f UnitFilter) (page []Unit, more bool, err error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return nil, false, err
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		page, err = units(tx, f, uuid.Nil)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("list units: %w", err)
	}
	if len(page) > PageSize {
		page, more = page[:PageSize], true
	}
	return page, more, nil
}

// Unit opens one.
func (s *Service) Unit(ctx context.Context, by identity.Actor, key uuid.UUID) (p UnitPage, err error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return UnitPage{}, err
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		if p.Unit, err = unit(tx, key); err != nil {
			return err
		}
		if p.Children, err = units(tx, UnitFilter{}, key); err != nil {
			return err
		}
		if p.Roles, err = rolesIn(tx, key); err != nil {
			return err
		}
		p.LedBy = authority.RolesIn(authority.RoleApprove, p.Kind)
		p.Led, err = s.led(tx, p.Unit)
		return err
	})
	if err != nil {
		return UnitPage{}, fmt.Errorf("open unit: %w", err)
	}
	return p, nil
}

// NewUnit is a unit to be made.
type NewUnit struct {
	Code      string // small letters, digits and dashes
	Kind      identity.UnitKind
	NameEN    string
	NameLocal string // in Khmer; may be ""
	Parent    uuid.UUID
	Agency    string // the register's slug, for a unit of an agency
	// Province is a must for a provincial desk: complaints find it by that.
	Province string
	// Countries are an embassy desk's, which has one at least, and nobody else's.
	Countries []string
}

var codeForm = regexp.MustCompile(`^[a-z0-9-]{2,40}$`)

// reserved is no unit's code: the reporter's own envelope of a complaint is
// addressed so.
const reserved = "reporter"

// MakeUnit makes a unit without people. A head of the ministry, the police or
// the oversight body is made on the host alone: cases climb to it.
func (s *Service) MakeUnit(ctx context.Context, by identity.Actor, n NewUnit) (uuid.UUID, error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	n = n.tidy()
	if err := n.check(false); err != nil {
		return uuid.Nil, err
	}
	return s.makeUnit(ctx, by, n)
}

// insert writes the unit down, pinned.
func (s *Service) insert(tx postgres.Tx, key uuid.UUID, n NewUnit, agency *uuid.UUID) error {
	made := identity.UnitRecord{ID: key, Code: n.Code, Kind: n.Kind, AgencyID: agency, Province: n.Province, Countries: strings.Join(n.Countries, " ")}
	if n.Parent != uuid.Nil {
		made.ParentID = &n.Parent
	}
	made.Pin = s.deps.People.PinOfUnit(made)
	return insertUnit(tx, made, n.names())
}

func (n NewUnit) names() map[string]string {
	name := map[string]string{"en": n.NameEN}
	if n.NameLocal != "" {
		name["km"] = n.NameLocal
	}
	return name
}

// mostCountries is how many countries one embassy desk takes.
const mostCountries = 40

// tidy writes what people type in one way.
func (n NewUnit) tidy() NewUnit {
	n.Province = strings.Join(strings.Fields(n.Province), " ")
	var codes []string
	for _, code := range n.Countries {
		if code = strings.ToUpper(code); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	n.Countries = codes
	return n
}

// wherePlaced checks the province and the countries.
func (n NewUnit) wherePlaced(wrong fault.Fields) {
	switch {
	case n.Kind == identity.UnitProvince && n.Province == "":
		wrong["province"] = "people.unit.province.needed"
	case n.Kind == identity.UnitAgency && n.Province != "":
		wrong["province"] = "people.unit.province.unfit"
	}
	switch {
	case n.Kind != identity.UnitEmbassy && len(n.Countries) > 0:
		wrong["countries"] = "people.unit.countries.unfit"
	case n.Kind == identity.UnitEmbassy && len(n.Countries) == 0:
		wrong["countries"] = "people.unit.countries.needed"
	case len(n.Countries) > mostCountries, slices.ContainsFunc(n.Countries, func(code string) bool { return !country.Valid(code) }):
		wrong["countries"] = "people.unit.countries.form"
	}
}

// check looks at what was typed; a head needs no parent.
func (n NewUnit) check(head bool) error {
	wrong := fault.Fields{}
	if !slices.Contains(Kinds(), n.Kind) {
		wrong["kind"] = "form.choice"
	}
	switch {
	case !codeForm.MatchString(n.Code):
		wrong["code"] = "people.unit.code.form"
	case n.Code == reserved:
		wrong["code"] = "people.unit.code.reserved"
	}
	if n.NameEN == "" {
		wrong["name_en"] = "form.required"
	}
	if under[n.Kind] != nil && n.Parent == uuid.Nil && !head {
		wrong["parent"] = "people.unit.parent.needed"
	}
	if n.Kind == identity.UnitAgency && n.Agency == "" {
		wrong["agency"] = "form.required"
	}
	n.wherePlaced(wrong)
	return fault.FromFields(wrong)
}

// place checks where the unit is to stand, and finds the agency of an agency's.
func (s *Service) place(tx postgres.Tx, n NewUnit) (*uuid.UUID, error) {
	if n.Parent != uuid.Nil {
		if err := fits(tx, n.Kind, n.Parent); err != nil {
			return nil, err
		}
	}
	if n.Kind != identity.UnitAgency {
		return nil, nil //nolint:nilnil // of no agency
	}
	agency, err := agencyOf(tx, n.Agency)
	if err == nil && agency == uuid.Nil {
		return nil, fault.Field("agency", "people.unit.agency.unknown")
	}
	return &agency, err
}

func fits(tx postgres.Tx, kind identity.UnitKind, parent uuid.UUID) error {
	above, err := unit(tx, parent)
	if fault.KindOf(err) == fault.NotFound || err == nil && !slices.Contains(under[kind], above.Kind) {
		return fault.Field("parent", "people.unit.parent.unfit")
	}
	return err
}

// ProposeMove proposes another parent. Who is kept from a case depends on the
// tree, so the oversight body decides.
func (s *Service) ProposeMove(ctx context.Context, by identity.Actor, key, parent uuid.UUID) (proposal uuid.UUID, err error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		overseers, err := oversight(tx)
		if err != nil {
			return err
		}
		if overseers == uuid.Nil {
			return fault.Field("parent", "people.unit.no_oversight")
		}
		proposal, err = s.deps.Decisions.ProposeIn(tx, by, decision.Proposal{Kind: KindMove, Subject: key, UnitID: overseers, Detail: moveDetail{Parent: parent}})
		return err
	})
	return proposal, proposed(err)
}

// proposed words what the database says of a second proposal.
func proposed(err error) error {
	if postgres.Violates(err, "decisions_once") {
		return fault.New(fault.Conflict, "decision.waits_already")
	}
	return err
}

// Choices lists the units that forms offer.
func (s *Service) Choices(ctx context.Context, by identity.Actor) (all []Unit, err error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return nil, err
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		all, err = choices(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list units: %w", err)
	}
	return all, nil
}
