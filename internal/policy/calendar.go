package policy

import (
	"slices"
	"strings"
	"time"
)

// Span is a number of days, counted as the law counts them.
type Span struct {
	Days  int    `json:"days"`
	Basis string `json:"basis"` // CalendarDays or WorkingDays
}

// Calendar knows which days of the country are working days. The zero value
// knows none.
type Calendar struct {
	weekend  []time.Weekday
	holidays map[time.Time]bool
	years    map[int]bool // of which somebody set the holidays
}

// End returns the last day of a span that begins with the day after from, at
// midnight UTC. false says that nobody can tell: the span is in working days and
// the weekend, or the holidays of a year that it reaches, are not configured.
func (c Calendar) End(from time.Time, s Span) (time.Time, bool) {
	if s.Days <= 0 {
		return time.Time{}, false
	}
	if s.Basis == CalendarDays {
		return from.AddDate(0, 0, s.Days), true
	}
	if s.Basis != WorkingDays || c.weekend == nil {
		return time.Time{}, false
	}
	day, left := from, s.Days
	for left > 0 {
		day = day.AddDate(0, 0, 1)
		if !c.years[day.Year()] {
			return time.Time{}, false
		}
		if c.Works(day) {
			left--
		}
	}
	return day, true
}

// Works reports whether the day is a working day.
func (c Calendar) Works(day time.Time) bool {
	return !slices.Contains(c.weekend, day.Weekday()) && !c.holidays[day]
}

// Calendar is that of all rules that hold on the day and of all holidays that
// were ever set for other years: holidays are announced a year at a time.
func (b Book) Calendar(on time.Time) Calendar {
	c := Calendar{holidays: map[time.Time]bool{}, years: map[int]bool{}}
	var weekend struct {
		Days []string `json:"weekend"`
	}
	if _, set := b.Read(CalendarWeekend, on, &weekend); set {
		for _, name := range weekend.Days {
			at := slices.Index(weekdays(), name)
			c.weekend = append(c.weekend, time.Weekday((at+1)%7))
		}
	}
	for _, entry := range b.entries(CalendarHolidays, on) { // the latest first
		v, problems := entry.law().read(entry.Value)
		if len(problems) > 0 {
			continue
		}
		c.add(v.rows("holidays"))
	}
	return c
}

// add takes the holidays of the years that no later entry set.
func (c Calendar) add(holidays []object) {
	fresh := map[int]bool{}
	for _, h := range holidays {
		day, err := time.Parse(time.DateOnly, strings.TrimSpace(h.text("day")))
		if err != nil || c.years[day.Year()] {
			continue
		}
		c.holidays[day], fresh[day.Year()] = true, true
	}
	for year := range fresh {
		c.years[year] = true
	}
}
