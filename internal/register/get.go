package register

import (
	"context"
	"fmt"
	"strings"
	"time"

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
	Scope    licensing.Scope    // of today
	Parts    []Part             // its places, and who recruits for it
	Former   []Former           // what it was called before, the latest first
}

// Part is a place of an agency, or somebody who may recruit for it, as its licence
// has them.
type Part struct {
	Kind                 string // branch, agent, training_site or representative
	NameLatin, NameLocal string
	Country              string // ISO 3166-1 alpha-2, of a representative
	Province             string
	Address              string
	Phone                string // E.164
}

// Former is a name that an agency had until a day.
type Former struct {
	NameLatin, NameLocal string
	Until                time.Time
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
	if e.Scope, err = licensing.ScopeOn(tx, r.ID, s.today()); err != nil {
		return Entry{}, err
	}
	if e.Parts, err = partsOf(tx, r.ID); err != nil {
		return Entry{}, err
	}
	if e.Former, err = formerOf(tx, r.ID); err != nil {
		return Entry{}, err
	}
	e.Contacts, err = contactsOf(tx, r.ID)
	return e, err
}
