package licensing_test

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/licensing"
)

func day(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestTheStateGoesByTheDates(t *testing.T) {
	first := licensing.Period{From: day("2024-03-01"), Until: day("2025-02-28")}
	second := licensing.Period{From: day("2025-06-01"), Until: day("2026-05-31")}
	events := func(kinds ...licensing.Event) []licensing.Event { return kinds }
	suspended := licensing.Event{Kind: licensing.EventSuspended, On: day("2025-09-10")}
	reinstated := licensing.Event{Kind: licensing.EventReinstated, On: day("2025-10-25")}
	revoked := licensing.Event{Kind: licensing.EventRevoked, On: day("2025-11-30")}
	both := licensing.Licence{Periods: []licensing.Period{first, second}}
	with := func(e ...licensing.Event) licensing.Licence {
		l := both
		l.Events = events(e...)
		return l
	}
	for name, c := range map[string]struct {
		licence licensing.Licence
		on      string
		want    licensing.State
	}{
		"never had one":                {licensing.Licence{}, "2025-01-01", licensing.Listed},
		"before the first day":         {both, "2024-02-29", licensing.NotYet},
		"on the first day":             {both, "2024-03-01", licensing.Licensed},
		"on the last day":              {both, "2025-02-28", licensing.Licensed},
		"the day after":                {both, "2025-03-01", licensing.Expired},
		"again":                        {both, "2025-06-01", licensing.Licensed},
		"over":                         {both, "2026-06-01", licensing.Expired},
		"the day before a suspension":  {with(suspended), "2025-09-09", licensing.Licensed},
		"on the day of a suspension":   {with(suspended), "2025-09-10", licensing.Suspended},
		"suspended and over":           {with(suspended), "2027-01-01", licensing.Suspended},
		"reinstated":                   {with(suspended, reinstated), "2025-10-25", licensing.Licensed},
		"revoked":                      {with(suspended, reinstated, revoked), "2025-12-01", licensing.Revoked},
		"suspended and lifted one day": {with(suspended, licensing.Event{Kind: licensing.EventReinstated, On: suspended.On}), "2025-09-10", licensing.Licensed},
		"a note of expiry": {
			with(licensing.Event{Kind: licensing.EventExpired, On: day("2025-03-01")}), "2025-07-01", licensing.Licensed,
		},
	} {
		if got := c.licence.StateOn(day(c.on)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
