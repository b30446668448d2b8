package dossier

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/country"
)

// Problem is what is wrong with an answer: a locale key and its arguments.
type Problem struct {
	Code string
	Args map[string]any
}

// Problems are by field.
type Problems map[string]Problem

// Error gives the codes; it is safe to log.
func (p Problems) Error() string {
	codes := make([]string, 0, len(p))
	for field, problem := range p {
		codes = append(codes, field+": "+problem.Code)
	}
	slices.Sort(codes)
	return strings.Join(codes, ", ")
}

// Typed are the answers of one item as somebody typed them.
type Typed map[string][]string

// Entry is an item that was read, with the numbers that are still to be turned
// into tokens, by field.
type Entry struct {
	Item  Item
	Plain map[string]string
}

// Read returns the item as it is kept, or Problems at its fields. A number that is
// not typed anew stays as before has it; the id is before's.
func (c Chapter) Read(typed Typed, before Item, home country.Home) (Entry, error) {
	r := reader{home: home, entry: Entry{Item: Item{ID: before.ID, Fields: map[string]string{}}, Plain: map[string]string{}}, wrong: Problems{}}
	for _, f := range c.Fields {
		given := typed[f.Name]
		text := strings.TrimSpace(strings.Join(given, " "))
		if kept, ok := before.Numbers[f.Name]; text == "" && ok && f.Type == Secret {
			r.keep(f.Name, kept)
			continue
		}
		if text == "" {
			if !f.Optional {
				r.wrong[f.Name] = Problem{Code: "form.required"}
			}
			continue
		}
		if f.Type != Day && f.Type != Countries && f.Max > 0 && f.Type != Count && utf8.RuneCountInString(text) > f.Max {
			r.wrong[f.Name] = Problem{Code: "dossier.error.too_long", Args: map[string]any{"Max": f.Max}}
			continue
		}
		r.read(f, text)
	}
	if len(r.wrong) > 0 {
		return Entry{}, r.wrong
	}
	return r.entry, nil
}

// Seal puts the token of a number into the item.
func (e *Entry) Seal(field, token string) {
	plain := []rune(e.Plain[field])
	last := plain[max(0, len(plain)-4):]
	if len(plain) < 8 { // the last four of a short number would be half of it
		last = plain[max(0, len(plain)-2):]
	}
	if e.Item.Numbers == nil {
		e.Item.Numbers = map[string]Number{}
	}
	e.Item.Numbers[field] = Number{Token: token, Last4: string(last)}
}

type reader struct {
	home  country.Home
	entry Entry
	wrong Problems
}

func (r *reader) keep(field string, n Number) {
	if r.entry.Item.Numbers == nil {
		r.entry.Item.Numbers = map[string]Number{}
	}
	r.entry.Item.Numbers[field] = n
}

// read reads one text by the field's type.
func (r *reader) read(f Field, text string) {
	put := func(value string, ok bool, code string, args map[string]any) {
		if !ok {
			r.wrong[f.Name] = Problem{Code: code, Args: args}
			return
		}
		r.entry.Item.Fields[f.Name] = value
	}
	switch f.Type {
	case Line:
		put(oneLine(text), true, "", nil)
	case Lines:
		put(text, true, "", nil)
	case Day:
		day, err := time.Parse(time.DateOnly, text)
		put(text, err == nil && day.Year() >= 1800, "form.date", nil)
	case Country:
		put(strings.ToUpper(text), country.Valid(strings.ToUpper(text)), "form.choice", nil)
	case Countries:
		codes := sorted(strings.Fields(strings.ToUpper(text)))
		abroad := func(code string) bool { return country.Valid(code) && code != r.home.Code }
		put(strings.Join(codes, " "), all(codes, abroad), "form.choice", nil)
	case Works:
		value, bad := works(text)
		put(value, bad == "", "dossier.error.occupation", map[string]any{"Code": bad})
	case Phone:
		value, ok := phoneNumber(text, r.home)
		put(value, ok, "dossier.error.phone", nil)
	case Email:
		value, ok := mailAddress(text)
		put(value, ok, "form.email", nil)
	case Choice:
		put(text, slices.Contains(f.Choices, text), "form.choice", nil)
	case Count:
		n, ok := count(text)
		put(fmt.Sprint(n), ok && n <= f.Max, "dossier.error.count", map[string]any{"Max": f.Max})
	case Share:
		bp, ok := share(text)
		put(fmt.Sprint(bp), ok, "dossier.error.share", nil)
	case Secret:
		plain, ok := number(text)
		if r.entry.Plain[f.Name] = plain; !ok {
			r.wrong[f.Name] = Problem{Code: "dossier.error.number"}
		}
	case Another:
		put(text, len(text) <= longestID, "form.choice", nil)
	}
}
