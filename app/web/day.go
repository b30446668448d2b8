package web

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// ParseDay reads the three parts of a date input, in digits of any script, as
// midnight UTC of that day. Nothing at all is the zero time and no error; a day
// that does not exist, or of which a part is missing, is not ok.
func ParseDay(day, month, year string) (at time.Time, ok bool) {
	if strings.TrimSpace(day+month+year) == "" {
		return time.Time{}, true
	}
	d, okDay := digits(day, 4)
	m, okMonth := digits(month, 4)
	y, okYear := digits(year, 4)
	if !okDay || !okMonth || !okYear || y < 1000 {
		return time.Time{}, false
	}
	at = time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if at.Day() != d || int(at.Month()) != m || at.Year() != y {
		return time.Time{}, false
	}
	return at, true
}

// ParseCount reads a number of up to seven digits of any script.
func ParseCount(text string) (n int, ok bool) { return digits(text, 7) }

func digits(s string, longest int) (int, bool) {
	var b strings.Builder
	for _, r := range norm.NFKC.String(strings.TrimSpace(s)) {
		if !unicode.IsDigit(r) {
			return 0, false
		}
		b.WriteByte(byte('0' + digitValue(r)))
	}
	if b.Len() > longest {
		return 0, false
	}
	n, err := strconv.Atoi(b.String())
	return n, err == nil
}

// digitValue counts from the zero of the digit's script: each script has its
// ten digits in a row (Unicode Standard, 4.6).
func digitValue(r rune) rune {
	zero := r
	for zero > r-9 && unicode.IsDigit(zero-1) {
		zero--
	}
	return r - zero
}
