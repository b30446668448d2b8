package policy

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Entry is a law as it was set once.
type Entry struct {
	Key    Key
	Value  json.RawMessage // as Check returns it
	From   time.Time       // the day from which it holds, at midnight UTC
	Source string          // the law with its article, or whose rule it is
	// Decision is that of the two people who set it, the zero id where the
	// operator of the installation did.
	Decision uuid.UUID
}

func (e Entry) law() Law {
	l, _ := LawOf(e.Key)
	return l
}

// pinned are the parts that the pin binds.
func (e Entry) pinned() [][]byte {
	return [][]byte{[]byte(e.Key), []byte(e.From.Format(time.DateOnly)), e.Value, []byte(e.Source)}
}

// Book is every law that the portal wrote down, of all days. The zero value is
// that of a portal in which nothing is configured.
type Book struct {
	all map[Key][]Entry // the latest first
	// Forged counts the rows that the portal did not write, or that cannot be
	// read: they say nothing.
	Forged int
}

// On returns what holds on the day. false says that nobody set it.
func (b Book) On(key Key, day time.Time) (Entry, bool) {
	if all := b.entries(key, day); len(all) > 0 {
		return all[0], true
	}
	return Entry{}, false
}

// Read is On, with the value decoded into a struct whose fields carry the law's
// names in their json tags.
func (b Book) Read(key Key, day time.Time, into any) (Entry, bool) {
	e, set := b.On(key, day)
	if !set || json.Unmarshal(e.Value, into) != nil {
		return Entry{}, false
	}
	return e, true
}

// Next returns what comes next after the day.
func (b Book) Next(key Key, day time.Time) (Entry, bool) {
	var next Entry
	for _, e := range b.all[key] {
		if e.From.After(day) {
			next = e
		}
	}
	return next, !next.From.IsZero()
}

// History lists all of a key, the latest first.
func (b Book) History(key Key) []Entry { return b.all[key] }

func (b Book) entries(key Key, day time.Time) []Entry {
	for i, e := range b.all[key] {
		if !e.From.After(day) {
			return b.all[key][i:]
		}
	}
	return nil
}

// Months is the term of a licence: the last day of one that begins on from, both
// days included. A month that is too short ends on its own last day, as the
// period of 29 February to 28 February does.
func Months(from time.Time, months int) time.Time {
	end := from.AddDate(0, months, 0)
	if end.Day() != from.Day() { // AddDate went over into the next month
		return end.AddDate(0, 0, -end.Day())
	}
	return end.AddDate(0, 0, -1)
}

// Part is one line of a value, to be shown.
type Part struct {
	Field Field
	// Number, Text, Day and List are what it holds, by the field's type; Rows are
	// the lines of a table, each with a part a column, which may be empty.
	Number   int64
	Text     string
	Day      time.Time
	List     []string
	Rows     [][]Part
	Currency string // of Amount
}

// Parts lists what the value holds, in the order of the law's fields.
func (e Entry) Parts() []Part {
	l := e.law()
	v, problems := l.read(e.Value)
	if len(problems) > 0 {
		return nil
	}
	var there []Part
	for _, p := range parts(l.Fields, v, v.text("currency")) {
		if _, set := v[p.Field.Name]; set {
			there = append(there, p)
		}
	}
	return there
}

// parts are one for each field, empty where the value has none.
func parts(fields []Field, v object, currency string) (all []Part) {
	for _, f := range fields {
		given := v[f.Name]
		p := Part{Field: f}
		switch value := given.(type) {
		case int64:
			p.Number, p.Text = value, strconv.FormatInt(value, 10)
		case string:
			p.Text = value
			if f.Type == Day {
				p.Day, _ = time.Parse(time.DateOnly, value)
			}
		case []string:
			p.List = value
		case []object:
			for _, line := range value {
				p.Rows = append(p.Rows, parts(f.Columns, line, currency))
			}
		}
		if f.Type == Amount && given != nil {
			p.Currency = currency
		}
		all = append(all, p)
	}
	return all
}
