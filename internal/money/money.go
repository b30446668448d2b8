// Package money is amounts as the record keeps them: whole minor units of a
// currency of ISO 4217, never a fraction.
//
// It refuses to add or compare amounts of different currencies, and to round:
// what has more decimals than the currency is no amount.
package money

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/currency"
)

// Money is an amount of one currency. The zero value is nothing in no currency.
type Money struct {
	Minor    int64  // of the currency's smallest unit
	Currency string // ISO 4217
}

// ErrAmount is a text that is no amount of the currency.
var ErrAmount = errors.New("money: not an amount")

// Max is the largest amount that is taken, in minor units: a slip of the
// keyboard beyond it.
const Max = 1_000_000_000_000_00

// Known reports whether code is a currency of ISO 4217, in capitals.
func Known(code string) bool {
	unit, err := currency.ParseISO(code)
	return err == nil && unit.String() == code && code != "XXX" && code != "XTS"
}

// Decimals is how many digits the currency has after the point.
func Decimals(code string) int {
	unit, err := currency.ParseISO(code)
	if err != nil {
		return 0
	}
	decimals, _ := currency.Standard.Rounding(unit)
	return decimals
}

// Parse reads an amount that is not negative as people type it: "100,000",
// "2 500.50". A comma groups and a point divides.
func Parse(text, code string) (Money, error) {
	if !Known(code) {
		return Money{}, ErrAmount
	}
	plain := strings.Map(func(r rune) rune {
		if r == ',' || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
	whole, part, _ := strings.Cut(plain, ".")
	decimals := Decimals(code)
	if whole == "" || len(part) > decimals || strings.HasSuffix(plain, ".") || strings.HasPrefix(plain, "+") {
		return Money{}, ErrAmount
	}
	minor, err := strconv.ParseUint(whole+part+strings.Repeat("0", decimals-len(part)), 10, 64)
	if err != nil || minor > Max {
		return Money{}, ErrAmount
	}
	return Money{Minor: int64(minor), Currency: code}, nil // #nosec G115 -- at most Max
}

// String writes the amount as Parse reads it: "2500.50 USD".
func (m Money) String() string { return m.Number() + " " + m.Currency }

// Number is String without the currency.
func (m Money) Number() string {
	decimals := Decimals(m.Currency)
	sign, minor := "", m.Minor
	if minor < 0 {
		sign, minor = "-", -minor
	}
	digits := strconv.FormatInt(minor, 10)
	if len(digits) <= decimals {
		digits = strings.Repeat("0", decimals+1-len(digits)) + digits
	}
	if decimals == 0 {
		return sign + digits
	}
	at := len(digits) - decimals
	return sign + digits[:at] + "." + digits[at:]
}

// Major is the amount in whole units, for a page that writes it in the language
// of its reader. It is exact as long as the amount is at most Max.
func (m Money) Major() float64 { return float64(m.Minor) / math.Pow10(Decimals(m.Currency)) }
