package register

import (
	"context"
	"fmt"
	"strings"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// ContactKind is what a listed contact is.
type ContactKind string

// The kinds, as the agency_contacts table allows them.
const (
	Phone  ContactKind = "phone"
	Fax    ContactKind = "fax"
	Email  ContactKind = "email"
	Person ContactKind = "person"
)

// Contact is one that the source publishes. Key is "" where the source's text
// could not be read and is shown as it stands.
type Contact struct {
	Kind   ContactKind
	Shown  string
	Key    string
	Digits string
}

// Entry is everything that the public may know of one agency.
type Entry struct {
	Agency
	Address  string
	Kinds    []string // of placement: our words, or the source's own
	Contacts []Contact
	Periods  []licensing.Period // by first day
	Events   []licensing.Event  // what happened to the licence, oldest first
}

// Get returns the agency with that slug, or else with that licence number, or a
// NotFound fault.
func (s *Service) Get(ctx context.Context, slug string) (e Entry, err error) {
	err = s.db.Read(ctx, identity.Public(), func(tx postgres.Tx) error {
		slug := cut(strings.ToValidUTF8(strings.ReplaceAll(slug, "\x00", ""), ""), MaxQuery)
		r, found, err := findAgency(tx, slug, strings.ToUpper(slug))
		if err != nil {
			return err
		}
		if !found {
			return errUnknown()
		}
		e, err = s.entry(tx, r)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("read agency: %w", err)
	}
	return e, nil
}

func (s *Service) entry(tx postgres.Tx, r agencyRow) (Entry, error) {
	l, err := licensing.LicenceOf(tx, r.ID)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{
		Agency:  withLicence(r.agency(), l, s.today()),
		Address: r.Address, Periods: l.Periods, Events: l.Events,
	}
	if r.Kinds != "" {
		e.Kinds = strings.Split(r.Kinds, "\n")
	}
	e.Contacts, err = contactsOf(tx, r.ID)
	return e, err
}
