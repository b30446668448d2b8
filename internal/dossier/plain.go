package dossier

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/matching"
	"golang.org/x/text/unicode/norm"
)

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func sorted(codes []string) []string { return slices.Compact(slices.Sorted(slices.Values(codes))) }

func all(codes []string, right func(string) bool) bool {
	return len(codes) > 0 && !slices.ContainsFunc(codes, func(code string) bool { return !right(code) })
}

// works reads occupations of ISCO-08, "5 911 9329", and returns the first that is
// none.
func works(text string) (value, bad string) {
	codes := strings.FieldsFunc(asciiDigits(text), func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\n' })
	for _, code := range codes {
		if len(code) > 4 || strings.Trim(code, "0123456789") != "" {
			return "", code
		}
	}
	return strings.Join(sorted(codes), " "), ""
}

func phoneNumber(text string, home country.Home) (string, bool) {
	numbers, _ := matching.Phones(text, home.Code)
	if len(numbers) != 1 {
		return "", false
	}
	return numbers[0], true
}

func mailAddress(text string) (string, bool) {
	at, err := mail.ParseAddress(text)
	if err != nil || at.Name != "" || !strings.Contains(at.Address[strings.LastIndex(at.Address, "@"):], ".") {
		return "", false
	}
	return strings.ToLower(at.Address), true
}

// asciiDigits writes the digits of every script in ASCII.
func asciiDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 || !unicode.IsDigit(r) {
			return r
		}
		// Each script has its ten digits in a row, from a zero.
		zero := r
		for zero > r-9 && unicode.IsDigit(zero-1) {
			zero--
		}
		return '0' + r - zero
	}, norm.NFKC.String(text))
}

func count(text string) (int, bool) {
	text = asciiDigits(text)
	if len(text) > 7 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// share reads a percentage of up to two decimals as basis points.
func share(text string) (int, bool) {
	text = strings.TrimSpace(strings.TrimSuffix(strings.ReplaceAll(asciiDigits(text), ",", "."), "%"))
	whole, part, _ := strings.Cut(text, ".")
	if len(whole) > 3 || whole == "" || len(part) > 2 || strings.Trim(whole+part, "0123456789") != "" {
		return 0, false
	}
	bp, _ := strconv.Atoi(whole + (part + "00")[:2])
	return bp, bp <= 10_000
}

// number reads the number of a document or an account: letters and digits in
// capitals, without what people put between them.
func number(text string) (string, bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(asciiDigits(text)) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		case unicode.IsSpace(r), strings.ContainsRune("-/.·", r):
		default:
			return "", false
		}
	}
	n := len([]rune(b.String()))
	return b.String(), n >= 4 && n <= 40
}

// Percent writes basis points as a percentage.
func Percent(bp string) string {
	n, err := strconv.Atoi(bp)
	if err != nil {
		return bp
	}
	text := strconv.FormatFloat(float64(n)/100, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
