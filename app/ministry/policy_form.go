package ministry

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/views"
)

// lawForm has the fields of all laws; each law's page asks for its own.
type lawForm struct {
	Months       string   `form:"months" validate:"max=20"`
	BeforeDays   string   `form:"before_days" validate:"max=20"`
	LateDays     string   `form:"late_days" validate:"max=20"`
	Required     []string `form:"required" validate:"max=50,dive,max=50"`
	Currency     string   `form:"currency" validate:"max=10"`
	Application  string   `form:"application" validate:"max=30"`
	Renewal      string   `form:"renewal" validate:"max=30"`
	Days         string   `form:"days" validate:"max=20"`
	Basis        string   `form:"basis" validate:"max=20"`
	Weak         string   `form:"weak" validate:"max=20"`
	Strong       string   `form:"strong" validate:"max=20"`
	Generic      string   `form:"generic" validate:"max=20"`
	Sample       string   `form:"sample" validate:"max=20"`
	Critical     string   `form:"critical" validate:"max=20"`
	Major        string   `form:"major" validate:"max=20"`
	Minor        string   `form:"minor" validate:"max=20"`
	FailsAt      string   `form:"fails_at" validate:"max=20"`
	Flat         string   `form:"flat" validate:"max=30"`
	Tiers        string   `form:"tiers" validate:"max=4000"`
	Any          string   `form:"any" validate:"max=20"`
	Exceptions   string   `form:"exceptions" validate:"max=10000"`
	Destinations string   `form:"destinations" validate:"max=2000"`
	Bans         string   `form:"bans" validate:"max=20000"`
	Weekend      []string `form:"weekend" validate:"max=7,dive,max=20"`
	Holidays     string   `form:"holidays" validate:"max=40000"`
	FromDay      string   `form:"from_day" validate:"max=10"`
	FromMonth    string   `form:"from_month" validate:"max=10"`
	FromYear     string   `form:"from_year" validate:"max=10"`
	Source       string   `form:"source" validate:"required,max=500"`
}

// typedEntry is an entry as somebody typed it.
type typedEntry struct {
	policy.Entry

	lines map[string][]int // of each table: which line of the text each row is
}

// entry reads what was sent as the law wants it. What cannot be read stays text:
// the law then says what is wrong with it.
func (f lawForm) entry(law policy.Law, sent *views.Form) typedEntry {
	out := typedEntry{Entry: policy.Entry{Key: law.Key, Source: f.Source}, lines: map[string][]int{}}
	value := map[string]any{}
	currency := strings.ToUpper(sent.Value("currency"))
	for _, field := range law.Fields {
		given := sent.Values[field.Name]
		if strings.TrimSpace(strings.Join(given, "")) == "" {
			continue
		}
		switch field.Type {
		case policy.Codes:
			value[field.Name] = given
		case policy.CountryList:
			value[field.Name] = strings.FieldsFunc(strings.ToUpper(given[0]), func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\r' })
		case policy.Rows:
			value[field.Name], out.lines[field.Name] = rows(field, given[0], currency)
		default:
			value[field.Name] = typed(field, given[0], currency)
		}
	}
	var ok bool
	if out.From, ok = web.ParseDay(f.FromDay, f.FromMonth, f.FromYear); !ok || out.From.IsZero() {
		sent.Errors["from"] = "form.date"
	}
	out.Value, _ = json.Marshal(value) // texts and numbers
	if _, err := law.Check(out.Value); err != nil {
		out.explain(sent, err)
	}
	return out
}

// typed reads one text.
func typed(field policy.Field, text, currency string) any {
	text = strings.TrimSpace(text)
	switch field.Type {
	case policy.Count:
		if n, ok := web.ParseCount(text); ok {
			return n
		}
	case policy.Amount:
		if m, err := money.Parse(text, currency); err == nil {
			return m.Minor
		}
	case policy.Currency, policy.Country:
		return strings.ToUpper(text)
	default:
	}
	return text
}

// rows reads one row a line, and tells which line each row is, from 1.
func rows(field policy.Field, text, currency string) (all []map[string]any, lines []int) {
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		row := map[string]any{}
		columns := strings.Split(line, policy.Separator)
		for n, column := range field.Columns {
			if n < len(columns) && strings.TrimSpace(columns[n]) != "" {
				row[column.Name] = typed(column, columns[n], currency)
			}
		}
		if len(columns) > len(field.Columns) {
			row["more"] = strings.Join(columns[len(field.Columns):], policy.Separator)
		}
		all, lines = append(all, row), append(lines, i+1)
	}
	return all, lines
}

// explain adds what the law finds wrong, at the fields and at the lines as they
// were typed. It returns false when err is not about that.
func (e typedEntry) explain(sent *views.Form, err error) bool {
	var problems policy.Problems
	if !errors.As(err, &problems) {
		return false
	}
	if sent.Args == nil {
		sent.Args = map[string]map[string]any{}
	}
	for field, p := range problems {
		args := map[string]any{}
		for name, arg := range p.Args {
			args[name] = arg
		}
		if row, ok := args["Line"].(int); ok && row <= len(e.lines[field]) {
			args["Line"] = e.lines[field][row-1]
		}
		sent.Errors[field], sent.Args[field] = p.Code, args
	}
	return true
}

// valuesOf fills the form with what holds today; what is proposed has a day and a
// source of its own.
func valuesOf(now *entryLine) map[string][]string {
	values := map[string][]string{}
	if now == nil {
		return values
	}
	for _, p := range now.Entry.Parts() {
		switch p.Field.Type {
		case policy.Codes:
			values[p.Field.Name] = p.List
		case policy.CountryList:
			values[p.Field.Name] = []string{strings.Join(p.List, " ")}
		default:
			values[p.Field.Name] = []string{p.Plain()}
		}
	}
	return values
}

// lawField is a field as the form draws it.
type lawField struct {
	Name     string
	Label    string // the message's name, of which label and hint are parts
	Type     policy.Type
	Optional bool
	Options  []views.Option
}

func fieldsOf(law policy.Law) (all []lawField) {
	for _, f := range law.Fields {
		field := lawField{Name: f.Name, Label: "policy.field." + f.Name, Type: f.Type, Optional: f.Optional}
		for _, choice := range f.Choices {
			field.Options = append(field.Options, views.Option{Value: choice, Key: "policy.choice." + choice})
		}
		all = append(all, field)
	}
	return all
}
