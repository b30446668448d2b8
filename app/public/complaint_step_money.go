package public

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/matching"
	"golang.org/x/text/unicode/norm"
)

type moneyForm struct {
	Fee  string `form:"fee" validate:"max=40"`
	Debt string `form:"debt" validate:"max=40"`
	Wage string `form:"wage" validate:"max=40"`
}

func fillMoney(a answers, in *complaint.Intake) fault.Fields {
	wrong := fault.Fields{}
	for field, target := range map[string]**int{"fee": &in.FeeUSD, "debt": &in.DebtUSD, "wage": &in.WageUSD} {
		amount, code := dollars(a.one(field))
		if code != "" {
			wrong[field] = code
			continue
		}
		*target = amount
	}
	return wrong
}

var (
	// grouped is 1,200 or 1.200 or 1 200; whole is 1200 with or without cents.
	grouped = regexp.MustCompile(`^[0-9]{1,3}([., ][0-9]{3})+$`)
	whole   = regexp.MustCompile(`^([0-9]+)([.,][0-9]{1,2})?$`)
)

// dollars reads an amount as people write it and drops cents; nil is nothing
// written. The second result is the key of what is wrong, or "".
func dollars(typed string) (*int, string) {
	text := figures(typed)
	for _, sign := range []string{"US$", "USD", "usd", "$"} {
		text = strings.TrimSpace(strings.ReplaceAll(text, sign, ""))
	}
	if text == "" {
		return nil, ""
	}
	const mostUSD, digits = 1_000_000, 9
	switch {
	case grouped.MatchString(text):
		text = strings.NewReplacer(".", "", ",", "", " ", "").Replace(text)
	case whole.MatchString(text):
		text = whole.FindStringSubmatch(text)[1]
	default:
		return nil, "form.number"
	}
	if len(text) > digits {
		return nil, "complaint.error.amount"
	}
	n, err := strconv.Atoi(text)
	if err != nil || n > mostUSD {
		return nil, "complaint.error.amount"
	}
	return &n, ""
}

// figures turns the digits of any script into ASCII and trims; everything else
// stays.
func figures(typed string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII && unicode.IsDigit(r) {
			if digit := matching.Digits(string(r)); digit != "" {
				return rune(digit[0])
			}
		}
		return r
	}, norm.NFKC.String(typed)))
}
