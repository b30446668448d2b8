package agency

import (
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Public is what the register publishes of an agency that the ministry licensed,
// as the grant established it.
type Public struct {
	NameLatin, NameLocal string
	// Former are the names it had before, by which people may still know it.
	Former            []Name
	District, Address string
	Phones            []PublicPhone
	Emails            []string // lower case
	People            []string // who directs it
}

// Name is what an agency is or was called; one of the two may be empty.
type Name struct{ Latin, Local string }

// PublicPhone is a number with the token that screening compares it by.
type PublicPhone struct {
	E164  string
	Token matching.Token
}

// formerFrom is the first position of spellings of former names; each takes four.
const formerFrom = 10

// Describe puts what a grant established in the place of what the register said,
// within the caller's transaction. Faxes stay as they were, and so does the
// fingerprint: an import that brings nothing new changes nothing.
func (s *Service) Describe(tx postgres.Tx, agency uuid.UUID, p Public, now time.Time) error {
	if err := describeAgency(tx, agency, p, now); err != nil {
		return fmt.Errorf("describe agency: %w", err)
	}
	e := placed{id: agency, entry: entry{Names: append(spellings(p.NameLatin, 0), spellings(p.NameLocal, 1)...)}}
	for i, former := range p.Former {
		e.Names = append(e.Names, spellings(former.Latin, formerFrom+4*i)...)
		e.Names = append(e.Names, spellings(former.Local, formerFrom+4*i+1)...)
	}
	for _, phone := range p.Phones {
		e.Contacts = append(e.Contacts, contact{
			Kind: kindPhone, Position: len(e.Contacts), Shown: spoken(phone.E164), Key: phone.E164, Digits: strings.TrimPrefix(phone.E164, "+"), Token: phone.Token,
		})
	}
	for i, mail := range p.Emails {
		e.Contacts = append(e.Contacts, contact{Kind: "email", Position: i, Shown: mail, Key: mail})
	}
	e.Contacts = append(e.Contacts, people(p.People)...)
	return insertDetails(tx, []placed{e})
}
