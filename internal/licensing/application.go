package licensing

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/google/uuid"
)

// Status is where an application stands.
type Status string

// The statuses.
const (
	Filed   Status = "filed"
	Granted Status = "granted"
	Refused Status = "refused"
)

// moves lists every legal step; a step that is absent is forbidden.
var moves = map[Status][]Status{
	Filed: {Granted, Refused},
}

// CanMove reports whether an application may go from one status to another.
func CanMove(from, to Status) bool { return slices.Contains(moves[from], to) }

// Statuses lists all statuses in the order of an application's life.
func Statuses() []Status { return []Status{Filed, Granted, Refused} }

// Longest texts of an application, in characters.
const (
	maxDirector = 200
	maxAddress  = 500
	maxReason   = 2000
)

// Application is what an agency head states.
type Application struct {
	Director string
	Address  string
	Phone    string // as typed; kept in E.164
	// Destinations are ISO 3166-1 alpha-2 codes.
	Destinations []string
	// Declared says that the head declares all of it to be true.
	Declared bool
}

// normal returns the application as it is kept, or what is wrong with it at
// the fields director, address, phone, destinations and declaration.
func (a Application) normal(home country.Home) (Application, error) {
	wrong := fault.Fields{}
	text := func(field, value string, longest int) string {
		value = strings.TrimSpace(value)
		switch n := utf8.RuneCountInString(value); {
		case n == 0:
			wrong[field] = "form.required"
		case n > longest:
			wrong[field] = "licensing.too_long"
		}
		return value
	}
	a.Director = text("director", a.Director, maxDirector)
	a.Address = text("address", a.Address, maxAddress)
	numbers, _ := matching.Phones(a.Phone, home.Code)
	switch {
	case strings.TrimSpace(a.Phone) == "":
		wrong["phone"] = "form.required"
	case len(numbers) != 1:
		wrong["phone"] = "licensing.phone_unreadable"
	default:
		a.Phone = numbers[0]
	}
	codes := slices.Compact(slices.Sorted(slices.Values(a.Destinations)))
	switch {
	case len(codes) == 0:
		wrong["destinations"] = "licensing.destination_required"
	case slices.ContainsFunc(codes, func(code string) bool { return !country.Valid(code) || code == home.Code }):
		wrong["destinations"] = "form.choice"
	}
	a.Destinations = codes
	if !a.Declared {
		wrong["declaration"] = "licensing.declaration_required"
	}
	return a, fault.FromFields(wrong)
}

// Paper is an application on record.
type Paper struct {
	ID        uuid.UUID
	AgencyID  uuid.UUID
	NameLatin string // of the agency; at least one of the two names is there
	NameLocal string
	Status    Status
	Application
	FiledBy     uuid.UUID
	FiledByName string
	FiledAt     time.Time
	DecidedBy   string    // the officer's name; "" while open
	DecidedAt   time.Time // zero while open
	Reason      string    // of the decision; "" while open
}
