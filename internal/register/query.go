package register

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/matching"
)

const (
	// MaxQuery is how many characters of a question are looked at.
	MaxQuery = 200
	// minPart is how many digits of a phone find it.
	minPart = 6
	// minTrigram is how many letters of an alphabet a misspelling needs.
	minTrigram = 3
)

// query is a question, taken apart. Empty fields are ways that do not apply.
type query struct {
	folded   string
	core     string // folded, without legal form and trade
	skeleton string
	bigrams  []string
	phones   []string // E.164, one for each country that it could be of
	parts    []string // digits
	email    string
	number   string
}

var numberShape = regexp.MustCompile(`^[A-Z0-9/-]{4,30}$`)

// newQuery understands what was typed. What is no text, or too long, is cut.
func newQuery(typed string, regions []string) query {
	typed = cut(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(typed, " ")), MaxQuery)
	q := query{folded: matching.Fold(typed), core: matching.CompanyFold(typed)}
	q.bigrams = matching.Bigrams(q.core)
	if !matching.HasSpacelessScript(q.folded) {
		q.skeleton = matching.Skeleton(q.core)
	}
	typed = strings.TrimSpace(typed)
	if strings.Contains(typed, "@") {
		q.email = strings.ToLower(typed)
	}
	if number := strings.ToUpper(strings.Join(strings.Fields(typed), "")); numberShape.MatchString(number) && strings.ContainsAny(number, "0123456789") {
		q.number = number
	}
	if digits := matching.Digits(typed); len(digits) >= minPart && len(digits) <= 20 {
		q.phones = readings(typed, regions)
		q.parts = []string{digits}
		if short := strings.TrimLeft(digits, "0"); short != digits && len(short) >= minPart {
			q.parts = append(q.parts, short)
		}
	}
	return q
}

// readings gives the numbers that typed may be: without a country code the same
// digits can be right in several countries, and who asks need not know which.
func readings(typed string, regions []string) []string {
	var all []string
	for _, region := range regions {
		found, _ := matching.Phones(typed, region)
		for _, e164 := range found {
			if !slices.Contains(all, e164) {
				all = append(all, e164)
			}
		}
	}
	return all
}

func (q query) empty() bool {
	return q.folded == "" && q.email == ""
}

func cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit])
}
