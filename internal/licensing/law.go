package licensing

import (
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/policy"
)

// Term is how long a licence lasts, by the law that holds today.
type Term struct {
	Months int       `json:"months"` // 0: not configured, and so not checked
	Since  time.Time `json:"-"`      // the day from which that law holds
	Source string    `json:"-"`
}

// TermOn returns the term that holds on the day.
func TermOn(b policy.Book, day time.Time) (t Term) {
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

// Due is by when the law wants something done.
type Due struct {
	// Known is false where the law, or the calendar that it counts by, is not
	// configured: then nothing is late, and nothing is in time.
	Known bool
	Day   time.Time // the last day
	Over  bool      // that day is gone
}

// DueFrom counts the span of that law from the day of a moment on.
func DueFrom(b policy.Book, key policy.Key, from, today time.Time) Due {
	var span policy.Span
	if _, set := b.Read(key, from, &span); !set {
		return Due{}
	}
	day, known := b.Calendar(today).End(from, span)
	return Due{Known: known, Day: day, Over: known && day.Before(today)}
}
