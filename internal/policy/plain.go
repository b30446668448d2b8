package policy

import (
	"strings"

	"github.com/fairpassage/portal/internal/money"
)

// Separator stands between the columns of a line that is typed.
const Separator = ";"

// Plain is the part as it is typed into a form: of Rows one line a row, of lists
// one item a line.
func (p Part) Plain() string {
	switch p.Field.Type {
	case Amount:
		if p.Currency == "" {
			return ""
		}
		return money.Money{Minor: p.Number, Currency: p.Currency}.Number()
	case Codes, CountryList:
		return strings.Join(p.List, "\n")
	case Rows:
		var lines []string
		for _, row := range p.Rows {
			lines = append(lines, line(row))
		}
		return strings.Join(lines, "\n")
	default:
		return p.Text
	}
}

// line writes the columns of one row, each in its place.
func line(row []Part) string {
	var columns []string
	for _, p := range row {
		columns = append(columns, p.Plain())
	}
	return strings.TrimRight(strings.Join(columns, Separator+" "), Separator+" ")
}
