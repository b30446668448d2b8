package policy_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/policy"
)

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

func TestATermEndsOnTheDayBeforeItsAnniversary(t *testing.T) {
	for _, at := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-11-26", 36, "2029-11-25"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2023-01-31", 1, "2023-02-28"},
		{"2024-03-01", 12, "2025-02-28"},
		{"2024-01-01", 12, "2024-12-31"},
		{"2024-08-31", 6, "2025-02-28"},
	} {
		if got := policy.Months(day(at.from), at.months).Format(time.DateOnly); got != at.want {
			t.Errorf("%d months from %s end on %s, want %s", at.months, at.from, got, at.want)
		}
	}
}

// A later term never ends before an earlier one, and no month is skipped.
func TestTermsAreInOrderWhateverTheirFirstDay(t *testing.T) {
	for from := day("2023-01-01"); from.Before(day("2025-03-02")); from = from.AddDate(0, 0, 1) {
		for months := 1; months < 40; months++ {
			end, next := policy.Months(from, months), policy.Months(from, months+1)
			if !next.After(end) || !policy.Months(from.AddDate(0, 0, 1), months).Before(end.AddDate(0, 0, 5)) || end.Before(from.AddDate(0, 0, 27)) {
				t.Fatalf("%d months from %s end on %s, one more on %s", months, from.Format(time.DateOnly), end.Format(time.DateOnly), next.Format(time.DateOnly))
			}
		}
	}
}

func TestWorkingDaysLeaveOutWeekendsAndTheHolidaysThatWereSet(t *testing.T) {
	w := newWorld(t)
	set := func(key policy.Key, from, value string) {
		t.Helper()
		e := policy.Entry{Key: key, Value: json.RawMessage(value), From: day(from), Source: "house rule of a test"}
		if err := w.policies.Set(t.Context(), identity.Setup("policy"), e); err != nil {
			t.Fatal(err)
		}
	}
	end := func(from string, days int, basis string) string {
		t.Helper()
		at, known := w.book().Calendar(day("2026-12-01")).End(day(from), policy.Span{Days: days, Basis: basis})
		if !known {
			return "unknown"
		}
		return at.Format(time.DateOnly)
	}
	if got := end("2026-12-18", 5, policy.CalendarDays); got != "2026-12-23" {
		t.Error(got)
	}
	set(policy.CalendarWeekend, "2020-01-01", `{"weekend":["saturday","sunday"]}`)
	if got := end("2026-12-18", 5, policy.WorkingDays); got != "unknown" {
		t.Errorf("without holidays the end is %s", got)
	}
	set(policy.CalendarHolidays, "2026-01-01", `{"holidays":[{"day":"2026-12-25","name":"A"},{"day":"2026-12-27","name":"a Sunday"}]}`)
	for at, want := range map[string]string{
		"2026-12-18": "2026-12-28", // Friday: 21 22 23 24 28
		"2026-12-19": "2026-12-28", // Saturday
		"2026-12-24": "unknown",    // 28 29 30 31 and a day of a year that nobody set
	} {
		if got := end(at, 5, policy.WorkingDays); got != want {
			t.Errorf("five days from %s end on %s, want %s", at, got, want)
		}
	}
	// The next year is announced apart, and a year that is set again is corrected.
	set(policy.CalendarHolidays, "2026-11-01", `{"holidays":[{"day":"2027-01-01","name":"B"}]}`)
	if got := end("2026-12-24", 5, policy.WorkingDays); got != "2027-01-04" {
		t.Error(got)
	}
	set(policy.CalendarHolidays, "2026-11-20", `{"holidays":[{"day":"2026-12-24","name":"C"}]}`)
	if got := end("2026-12-18", 5, policy.WorkingDays); got != "2026-12-28" { // 21 22 23 25 28
		t.Error(got)
	}
}
