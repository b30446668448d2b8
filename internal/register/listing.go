package register

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// ClaimKind is what somebody is known by who says to speak for an agency.
type ClaimKind string

// The kinds of claim.
const (
	ClaimNone   ClaimKind = ""
	ClaimPhone  ClaimKind = "phone"
	ClaimEmail  ClaimKind = "email"
	ClaimPerson ClaimKind = "person"
	ClaimName   ClaimKind = "name" // the agency's own name
)

// Listing answers whether one claim is listed for one agency.
type Listing struct {
	Agency
	Kind   ClaimKind
	Listed bool
	// Told reports whether the source lists anything of the kind at all; where
	// it does not, "not listed" says nothing about the claim.
	Told bool
	// Matched is what the register has; never what was typed.
	Matched string
}

// minWhole is how many digits of a number that cannot be read as a phone make
// it comparable.
const minWhole = 7

// IsListed says whether this name, phone, e-mail address or person is listed
// for this agency; until when stands in the Agency. A phone must match as a
// whole, since half a number proves nothing. An unknown agency is a NotFound
// fault.
func (s *Service) IsListed(ctx context.Context, agency uuid.UUID, claim string) (l Listing, err error) {
	err = s.db.Read(ctx, identity.Public(), func(tx postgres.Tx) error {
		r, found, err := findAgencyByID(tx, agency)
		if err != nil {
			return err
		}
		if !found {
			return errUnknown()
		}
		names, err := namesOf(tx, agency)
		if err != nil {
			return err
		}
		e, err := s.entry(tx, r)
		l = e.check(newQuery(claim, s.regions()), names)
		return err
	})
	if err != nil {
		return Listing{}, fmt.Errorf("check claim: %w", err)
	}
	return l, nil
}

func (e Entry) check(q query, names []string) Listing {
	l := Listing{Agency: e.Agency}
	switch {
	case q.empty():
		return l
	case q.email != "":
		l.Kind = ClaimEmail
		return e.among(l, func(c Contact) bool { return c.Key == q.email }, Email)
	case len(q.parts) > 0:
		l.Kind = ClaimPhone
		return e.among(l, q.isPhone, Phone, Fax)
	case slices.Contains(names, q.folded), slices.Contains(names, q.core):
		l.Kind, l.Told, l.Listed, l.Matched = ClaimName, true, true, e.Name()
		return l
	default:
		l.Kind = ClaimPerson
		return e.among(l, func(c Contact) bool { return sameWords(c.Key, q.folded) }, Person)
	}
}

// among looks the claim up in the contacts of its kinds.
func (e Entry) among(l Listing, same func(Contact) bool, kinds ...ContactKind) Listing {
	for _, c := range e.Contacts {
		if !slices.Contains(kinds, c.Kind) {
			continue
		}
		l.Told = true
		if !l.Listed && same(c) {
			l.Listed, l.Matched = true, c.Shown
		}
	}
	return l
}

func (q query) isPhone(c Contact) bool {
	if c.Key != "" && slices.Contains(q.phones, c.Key) {
		return true
	}
	// Neither side could be read as a number of a country: the digits alone.
	return c.Key == "" && len(c.Digits) >= minWhole && slices.Contains(q.parts, c.Digits)
}

// sameWords compares folded names whatever the order of family and given name.
func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return len(x) > 0 && slices.Equal(x, y)
}
