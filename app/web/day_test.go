package web_test

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/app/web"
)

func TestADayIsReadFromItsThreeParts(t *testing.T) {
	for _, c := range []struct {
		day, month, year string
		want             string
		ok               bool
	}{
		{"2", "3", "2026", "2026-03-02", true},
		{" 02 ", "03", "2026", "2026-03-02", true},
		{"២៧", "៣", "២០២៦", "2026-03-27", true},
		{"٢", "٣", "٢٠٢٦", "2026-03-02", true},
		{"29", "2", "2024", "2024-02-29", true},
		{"", "", "", "", true},
		{"29", "2", "2026", "", false},
		{"0", "3", "2026", "", false},
		{"2", "13", "2026", "", false},
		{"2", "", "2026", "", false},
		{"2", "3", "26", "", false},
		{"2nd", "3", "2026", "", false},
		{"-2", "3", "2026", "", false},
		{"2", "3", "20260", "", false},
	} {
		at, ok := web.ParseDay(c.day, c.month, c.year)
		got := ""
		if !at.IsZero() {
			got = at.Format(time.DateOnly)
		}
		if got != c.want || ok != c.ok {
			t.Errorf("%q %q %q: %q, %v", c.day, c.month, c.year, got, ok)
		}
	}
}
