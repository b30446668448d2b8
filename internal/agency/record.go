package agency

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// State is what the portal's record says of an agency's licence.
type State string

// The states, as the agencies table allows them.
const (
	// Listed: a source names the agency and gives no state. It is never shown
	// as holding a licence.
	Listed      State = "listed"
	Licensed    State = "licensed"
	Expired     State = "expired"
	Suspended   State = "suspended"
	Revoked     State = "revoked"
	Surrendered State = "surrendered"
)

// Record is one entry of a register. Empty and zero mean that the source does
// not say. Cells may hold several values, as registers write them.
type Record struct {
	Source         string // which register, "hk-eaa-2021"
	NameLatin      string
	NameLocal      string
	LicenceNo      string
	State          State
	ValidSinceYear int
	District       string
	Address        string
	Phones         string // one cell, several numbers
	Fax            string // the same
	Emails         string // one cell, several addresses
	People         []string
	Kinds          []string
	// Regions are the countries in which a number without a country code is
	// read, in order (ISO 3166-1 alpha-2).
	Regions []string
}

// Reason says why a row was not taken over. It quotes nothing of the row.
type Reason string

// The reasons that do not depend on a field.
const (
	ReasonQuote    Reason = "a quotation mark is not closed, or something follows a closed one"
	ReasonEncoding Reason = "the row is not valid UTF-8"
	ReasonControl  Reason = "the row holds control characters"
	ReasonLine     Reason = "the row is longer than 65,536 bytes"
	ReasonName     Reason = "the row has no name"
	ReasonYear     Reason = "the year is not a year between 1900 and now"
	ReasonLicence  Reason = "the licence number is not 4 to 30 capital letters, digits, slashes or hyphens"
	ReasonTaken    Reason = "the licence number is on record for another agency"
	ReasonRenamed  Reason = "the agency is on record under another licence number"
)

func tooLong(field string, limit int) Reason {
	return Reason(fmt.Sprintf("%s is longer than %d characters", field, limit))
}

func wrongCount(got, want int) Reason {
	return Reason(fmt.Sprintf("the row has %d fields where the header has %d", got, want))
}

func sameAs(row int) Reason { return Reason(fmt.Sprintf("the same agency as row %d", row)) }

const earliestYear = 1900

var licencePattern = regexp.MustCompile(`^[A-Z0-9/-]{4,30}$`)

// Longest texts, in characters.
const (
	maxName    = 200
	maxPlace   = 120
	maxAddress = 400
	maxCell    = 300
	maxKinds   = 400
	maxKindsNo = 20
)

// clean puts a cell into one line without blanks around it. Registers fill
// empty cells with a no-break space.
func clean(cell string) string { return strings.Join(strings.Fields(cell), " ") }

// check returns why the record cannot be entered, or "".
func (r Record) check(now time.Time) Reason {
	for _, f := range []struct {
		name, value string
		limit       int
	}{
		{"the Latin name", r.NameLatin, maxName},
		{"the local name", r.NameLocal, maxName},
		{"the district", r.District, maxPlace},
		{"the address", r.Address, maxAddress},
		{"the phone cell", r.Phones, maxCell},
		{"the fax cell", r.Fax, maxCell},
		{"the e-mail cell", r.Emails, maxCell},
		{"the list of kinds", strings.Join(r.Kinds, ", "), maxKinds},
		{"the list of people", strings.Join(r.People, ", "), maxKinds},
	} {
		if utf8.RuneCountInString(f.value) > f.limit {
			return tooLong(f.name, f.limit)
		}
		if !utf8.ValidString(f.value) {
			return ReasonEncoding
		}
		if strings.ContainsFunc(f.value, unicode.IsControl) {
			return ReasonControl
		}
	}
	switch {
	case !named(r.NameLatin) && !named(r.NameLocal):
		return ReasonName
	case r.ValidSinceYear != 0 && (r.ValidSinceYear < earliestYear || r.ValidSinceYear > now.Year()):
		return ReasonYear
	case r.LicenceNo != "" && !licencePattern.MatchString(r.LicenceNo):
		return ReasonLicence
	}
	return ""
}

// named reports whether the text could be a name: punctuation is none.
func named(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}
