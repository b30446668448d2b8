package licensing

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/google/uuid"
)

// ScopeLine is a destination and an occupation in it.
type ScopeLine struct {
	Destination string // ISO 3166-1 alpha-2
	Occupation  string // one to four digits of ISCO-08; "" is all of them
}

// String writes the line as "SG" or "SG 53".
func (l ScopeLine) String() string { return strings.TrimSpace(l.Destination + " " + l.Occupation) }

// ParseScopeLine reads what String writes.
func ParseScopeLine(text string) ScopeLine {
	destination, occupation, _ := strings.Cut(text, " ")
	return ScopeLine{destination, occupation}
}

var occupation = regexp.MustCompile(`^[0-9]{0,4}$`)

func (l ScopeLine) valid() bool {
	return country.Valid(l.Destination) && occupation.MatchString(l.Occupation)
}

// Covers reports whether the line licenses that work there.
func (l ScopeLine) Covers(destination, occupation string) bool {
	return l.Destination == destination && strings.HasPrefix(occupation, l.Occupation)
}

// Scope is what a licence allows on a day.
type Scope struct {
	// Period is the one that runs, the zero id where none does.
	Period uuid.UUID
	// Lines are empty for a period that an import brought: what it licenses is not
	// on record, and no rule that needs it is checked.
	Lines []ScopeLine
}

// Known reports whether the scope is on record.
func (s Scope) Known() bool { return len(s.Lines) > 0 }

// Covers reports whether that work there is licensed, as far as is on record.
func (s Scope) Covers(destination, occupation string) bool {
	return slices.ContainsFunc(s.Lines, func(l ScopeLine) bool { return l.Covers(destination, occupation) })
}

// runsOn reports whether the day lies in a period, whatever else happened.
func (l Licence) runsOn(day time.Time) bool {
	return slices.ContainsFunc(l.Periods, func(p Period) bool { return p.Covers(day) })
}
