package licensing

import (
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/policy"
)

// Term is how long a licence lasts, by the law that holds today.
type Term struct {
	Months int       `json:"months"` // 0: not configured, and so not checked
	Since  time.Time `json:"-"`      // the day from which that law holds
	Source string    `json:"-"`
}

func termOn(b policy.Book, day time.Time) (t Term) {
	if e, set := b.Read(policy.LicenceTerm, day, &t); set {
		t.Since, t.Source = e.From, e.Source
	}
	return t
}

// Known reports whether somebody configured it.
func (t Term) Known() bool { return t.Months > 0 }

// Last is the last day that a period may have which begins on that day, or the
// zero time.
func (t Term) Last(from time.Time) time.Time {
	if !t.Known() {
		return time.Time{}
	}
	return policy.Months(from, t.Months)
}

// allows refuses a period that is longer than the law gives. A shorter one is the
// officer's to choose.
func (t Term) allows(p Period) error {
	if t.Known() && p.Until.After(t.Last(p.From)) {
		return fault.Field("valid_until", "licensing.beyond_term")
	}
	return nil
}

// Asks is what the law asks of whoever applies today. What nobody configured is
// empty: not checked, and to be said so.
type Asks struct {
	Destinations []string     // in scope, ISO 3166-1 alpha-2
	Documents    []string     // as policy.Documents names them
	Fee          *money.Money // nil: not configured
}

func asksOn(b policy.Book, day time.Time, renewal bool) (a Asks) {
	var scope struct {
		Destinations []string `json:"destinations"`
	}
	var documents struct {
		Required []string `json:"required"`
	}
	var fee struct {
		Currency             string
		Application, Renewal int64
	}
	b.Read(policy.PlacementScope, day, &scope)
	b.Read(policy.LicenceDocuments, day, &documents)
	a.Destinations, a.Documents = scope.Destinations, documents.Required
	if _, set := b.Read(policy.LicenceFee, day, &fee); set {
		a.Fee = &money.Money{Minor: fee.Application, Currency: fee.Currency}
		if renewal {
			a.Fee.Minor = fee.Renewal
		}
	}
	return a
}

// allows refuses destinations that are not in scope.
func (a Asks) allows(p Application) error {
	out := func(code string) bool { return !slices.Contains(a.Destinations, code) }
	if len(a.Destinations) > 0 && slices.ContainsFunc(p.Destinations, out) {
		return fault.Field("destinations", "licensing.out_of_scope")
	}
	return nil
}

// Due is by when the law wants something done.
type Due struct {
	// Known is false where the law, or the calendar that it counts by, is not
	// configured: then nothing is late, and nothing is in time.
	Known bool
	Day   time.Time // the last day
	Over  bool      // that day is gone
}

// dueFrom counts the span of that law from the day of a moment on.
func dueFrom(b policy.Book, key policy.Key, from, today time.Time) Due {
	var span policy.Span
	if _, set := b.Read(key, from, &span); !set {
		return Due{}
	}
	day, known := b.Calendar(today).End(from, span)
	return Due{Known: known, Day: day, Over: known && day.Before(today)}
}
