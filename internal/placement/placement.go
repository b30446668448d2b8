package placement

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/google/uuid"
)

// Placement is what an agency registers about one departure.
type Placement struct {
	Employer string
	// Country of the employer, ISO 3166-1 alpha-2.
	Country string
	// Occupation is an ISCO-08 unit group, four digits.
	Occupation string
	// Document is the number of the worker's passport, issued by the home country.
	Document string
	// Phone of the worker; "" when there is none.
	Phone string
	// Departure is a day, at midnight UTC.
	Departure time.Time
}

// Sanity of what is typed; none of it is law.
const (
	maxEmployer   = 200 // characters
	minDocument   = 5   // letters and digits
	maxDocument   = 20
	daysAhead     = 366
	earliestYears = 10
)

var (
	occupation = regexp.MustCompile(`^[0-9][0-9]{3}$`)
	document   = regexp.MustCompile(`[^\p{L}\p{M}\p{N}]+`)
)

// entry is a placement as it is kept: no number is left in it.
type entry struct {
	employer, folded string
	employerToken    matching.Token
	country          string
	occupation       string
	document, phone  matching.Token
	departure        time.Time
}

// entry returns the placement as it is kept, or what is wrong with it at the
// fields employer, country, occupation, document, phone and departure. Only
// what is right is hashed.
func (s *Service) entry(ctx context.Context, p Placement) (entry, error) {
	wrong := fault.Fields{}
	e := entry{
		employer: strings.Join(strings.Fields(p.Employer), " "), country: p.Country,
		occupation: strings.TrimSpace(p.Occupation), departure: p.Departure,
	}
	e.folded = matching.CompanyFold(e.employer)
	switch {
	case e.employer == "":
		wrong["employer"] = "form.required"
	case utf8.RuneCountInString(e.employer) > maxEmployer:
		wrong["employer"] = "placement.employer_too_long"
	case e.folded == "":
		wrong["employer"] = "form.invalid"
	}
	switch {
	case e.country == "":
		wrong["country"] = "form.required"
	case !country.Valid(e.country) || e.country == s.home.Code:
		wrong["country"] = "placement.country_abroad"
	}
	switch {
	case e.occupation == "":
		wrong["occupation"] = "form.required"
	case !occupation.MatchString(e.occupation):
		wrong["occupation"] = "placement.occupation_form"
	}
	phone := s.checkNumbers(p, wrong)
	s.checkDeparture(p.Departure, wrong)
	if err := fault.FromFields(wrong); err != nil {
		return entry{}, err
	}
	marks, err := s.hasher.Hash(ctx, []matching.Input{
		matching.Name(e.folded), matching.Document(s.home.Code, p.Document), matching.Phone(phone),
	})
	if err != nil {
		return entry{}, fmt.Errorf("register placement: %w", err)
	}
	e.employerToken, e.document, e.phone = marks[0].Token, marks[1].Token, marks[2].Token
	return e, nil
}

// checkNumbers returns the phone in E.164, "" when there is none.
func (s *Service) checkNumbers(p Placement, wrong fault.Fields) (phone string) {
	switch n := utf8.RuneCountInString(document.ReplaceAllString(p.Document, "")); {
	case n == 0:
		wrong["document"] = "form.required"
	case n < minDocument || n > maxDocument:
		wrong["document"] = "placement.document_form"
	}
	if strings.TrimSpace(p.Phone) != "" {
		numbers, _ := matching.Phones(p.Phone, s.home.Code)
		if len(numbers) == 1 {
			phone = numbers[0]
		} else {
			wrong["phone"] = "placement.phone_unreadable"
		}
	}
	return phone
}

func (s *Service) checkDeparture(day time.Time, wrong fault.Fields) {
	today := s.home.Today(s.clock.Now())
	switch {
	case day.IsZero():
		wrong["departure"] = "form.required"
	case day.After(today.AddDate(0, 0, daysAhead)):
		wrong["departure"] = "placement.departure_far"
	case day.Before(today.AddDate(-earliestYears, 0, 0)):
		wrong["departure"] = "form.date"
	}
}

// Record is a placement as the agency's list shows it. The worker is in none
// of it: the agency has its own files.
type Record struct {
	ID           uuid.UUID
	Employer     string
	Country      string
	Occupation   string
	DepartedOn   time.Time
	RegisteredAt time.Time
}
