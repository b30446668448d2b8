package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/money"
)

// object is a value that was checked: int64, string, []string and []object under
// the names of the law's fields.
type object map[string]any

// Problem says what is wrong with a field: a message, its arguments, and in Rows
// the number of the line under "Line".
type Problem struct {
	Code string
	Args map[string]any
}

// Problems are those of a value, by field. As an error they are an Invalid fault
// with one message a field.
type Problems map[string]Problem

// Error names the fields, no values.
func (p Problems) Error() string {
	return fmt.Sprintf("policy: wrong at %v", slices.Sorted(maps.Keys(p)))
}

// As lets the edge read it as a fault.
func (p Problems) As(target any) bool {
	into, ok := target.(**fault.Error)
	if !ok {
		return false
	}
	fields := fault.Fields{}
	for field, problem := range p {
		fields[field] = problem.Code
	}
	*into = &fault.Error{Kind: fault.Invalid, Code: "form.invalid_fields", Fields: fields}
	return true
}

// Longest texts, and lines of a table.
const (
	longText   = 200
	longSource = 500
	maxRows    = 500
)

// Check returns the value as it is kept, with the names in order, or Problems.
func (l Law) Check(value []byte) (json.RawMessage, error) {
	v, problems := l.read(value)
	if len(problems) > 0 {
		return nil, problems
	}
	kept, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	return kept, nil
}

func (l Law) read(value []byte) (object, Problems) {
	raw := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	if d.Decode(&raw) != nil || d.More() {
		return nil, Problems{"value": {Code: "form.invalid"}}
	}
	v, problems := object{}, Problems{}
	readFields(l.Fields, raw, v, func(field string, p Problem) { problems[field] = p })
	if len(problems) == 0 && l.whole != nil {
		if field, p, wrong := l.whole(v); wrong {
			problems[field] = p
		}
	}
	return v, problems
}

func readFields(fields []Field, raw map[string]any, into object, report func(string, Problem)) {
	for name := range raw {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name }) {
			report("value", Problem{Code: "form.invalid"})
		}
	}
	for _, f := range fields {
		given, there := raw[f.Name]
		if !there {
			if !f.Optional {
				report(f.Name, Problem{Code: "form.required"})
			}
			continue
		}
		read, problem, wrong := f.read(given)
		if wrong {
			report(f.Name, problem)
			continue
		}
		into[f.Name] = read
	}
}

// read checks one part.
func (f Field) read(given any) (any, Problem, bool) {
	switch f.Type {
	case Count, Amount:
		return f.readNumber(given)
	case Codes, CountryList:
		return f.readList(given)
	case Rows:
		return f.readRows(given)
	default:
		return f.readText(given)
	}
}

func (f Field) readText(given any) (any, Problem, bool) {
	text, ok := given.(string)
	if !ok {
		return nil, Problem{Code: "form.invalid"}, true
	}
	code := ""
	switch f.Type {
	case Currency:
		code = unless(money.Known(text), "policy.error.currency")
	case Day:
		at, err := time.Parse(time.DateOnly, text)
		code = unless(err == nil && at.Year() >= 1900 && at.Year() <= 2200, "form.date")
	case Choice:
		code = unless(slices.Contains(f.Choices, text), "form.choice")
	case Country:
		code = unless(country.Valid(text), "policy.error.country")
	case Occupation:
		code = unless(occupation(text), "policy.error.occupation")
	default:
		code = unless(text != "" && utf8.ValidString(text) && utf8.RuneCountInString(text) <= longText, "policy.error.text")
	}
	return text, Problem{Code: code}, code != ""
}

func unless(ok bool, code string) string {
	if ok {
		return ""
	}
	return code
}

func occupation(code string) bool {
	if code == "" || len(code) > 4 {
		return false
	}
	return !slices.ContainsFunc([]byte(code), func(b byte) bool { return b < '0' || b > '9' })
}

func (f Field) readNumber(given any) (any, Problem, bool) {
	least, most, code := f.Min, f.Max, "policy.error.count"
	if f.Type == Amount {
		least, most, code = 0, money.Max, "policy.error.amount"
	}
	number, ok := given.(json.Number)
	n, err := number.Int64()
	if !ok || err != nil || n < least || n > most {
		return nil, Problem{Code: code, Args: map[string]any{"Min": least, "Max": most}}, true
	}
	return n, Problem{}, false
}

func (f Field) readList(given any) (any, Problem, bool) {
	items, ok := given.([]any)
	list := []string{}
	for _, item := range items {
		text, isText := item.(string)
		good := isText && (f.Type == CountryList && country.Valid(text) || f.Type == Codes && slices.Contains(f.Choices, text))
		if !good {
			return nil, Problem{Code: map[Type]string{CountryList: "policy.error.country", Codes: "form.choice"}[f.Type]}, true
		}
		list = append(list, text)
	}
	if !ok || len(list) == 0 {
		return nil, Problem{Code: "form.required"}, true
	}
	slices.Sort(list)
	return slices.Compact(list), Problem{}, false
}

func (f Field) readRows(given any) (any, Problem, bool) {
	lines, ok := given.([]any)
	if !ok || len(lines) == 0 {
		return nil, Problem{Code: "form.required"}, true
	}
	if len(lines) > maxRows {
		return nil, Problem{Code: "policy.error.rows", Args: map[string]any{"Max": maxRows}}, true
	}
	var all []object
	for i, line := range lines {
		raw, isObject := line.(map[string]any)
		row := object{}
		var wrong error
		if !isObject {
			wrong = errors.New("no object")
		}
		readFields(f.Columns, raw, row, func(column string, p Problem) { wrong = errors.Join(wrong, fmt.Errorf("%s", column)) })
		if wrong != nil {
			return nil, f.wrongRow(i, raw), true
		}
		all = append(all, row)
	}
	return all, Problem{}, false
}

// wrongRow tells of the first wrong part of a line, in the order of the columns.
func (f Field) wrongRow(i int, raw map[string]any) Problem {
	at := map[string]any{"Line": i + 1}
	for n, column := range f.Columns {
		given, there := raw[column.Name]
		if !there && column.Optional {
			continue
		}
		if _, _, wrong := column.read(given); !there || wrong {
			at["Column"] = n + 1
			return Problem{Code: "policy.error.line." + string(column.Type), Args: at}
		}
	}
	return Problem{Code: "policy.error.line", Args: at}
}
