// Package answers puts an agency's dossier on a page: as a form to whoever writes
// it, in words to whoever reads it.
package answers

import (
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/dossier"
)

// Line is one answer in words. Text is data as it stands, Word the name of a
// message, Day a day; none of them is "not answered".
type Line struct {
	Field  string
	Label  string // the name of a message
	Text   string
	Word   string
	Day    time.Time
	Remark string // what an officer found wrong with it
	// Gap is what is wrong with it as it stands, or nil.
	Gap *dossier.Gap
}

// Empty reports whether nothing was answered.
func (l Line) Empty() bool { return l.Text == "" && l.Word == "" && l.Day.IsZero() }

// Entry is one item of a section.
type Entry struct {
	ID     string
	Name   string // "" where it has none
	Lines  []Line
	Remark string
	Gap    *dossier.Gap
	// Changed says that the round says otherwise than the one before; New that it was
	// not there.
	Changed, New bool
}

// Section is a chapter with what was answered in it.
type Section struct {
	dossier.Chapter

	None    bool
	Entries []Entry
	Remark  string
	Gaps    []dossier.Gap // all of the section
}

// Own are the gaps of the section as a whole.
func (s Section) Own() (own []dossier.Gap) {
	for _, g := range s.Gaps {
		if g.Item == "" {
			own = append(own, g)
		}
	}
	return own
}

// Notes are what is said about a dossier.
type Notes struct {
	Gaps    []dossier.Gap
	Remarks []application.Remark
	Changes []dossier.Change
}

// Read puts a dossier into words, section by section, in the language.
func Read(lang string, d dossier.Dossier, n Notes) []Section {
	var all []Section
	for _, c := range dossier.Chapters() {
		s := Section{Chapter: c, None: d.None(c.Section), Gaps: dossier.Of(n.Gaps, c.Section), Remark: n.remark(c.Section, "", "")}
		for _, i := range d.Items(c.Section) {
			s.Entries = append(s.Entries, n.entry(lang, d, c, i))
		}
		all = append(all, s)
	}
	return all
}

func (n Notes) entry(lang string, d dossier.Dossier, c dossier.Chapter, i dossier.Item) Entry {
	e := Entry{ID: i.ID, Remark: n.remark(c.Section, i.ID, ""), Gap: n.gap(c.Section, i.ID, "")}
	if c.Many {
		e.Name = nameOf(lang, c.Section, i)
	}
	for _, change := range n.Changes {
		if change.Section == c.Section && change.Item == i.ID {
			e.New, e.Changed = change.Kind == dossier.Added, change.Kind == dossier.Changed
		}
	}
	for _, f := range c.Fields {
		l := word(lang, d, c.Section, i, f)
		l.Remark, l.Gap = n.remark(c.Section, i.ID, f.Name), n.gap(c.Section, i.ID, f.Name)
		e.Lines = append(e.Lines, l)
	}
	return e
}

func (n Notes) remark(s dossier.Section, item, field string) string {
	for _, r := range n.Remarks {
		if r.Section == s && r.Item == item && r.Field == field {
			return r.Text
		}
	}
	return ""
}

func (n Notes) gap(s dossier.Section, item, field string) *dossier.Gap {
	for _, g := range n.Gaps {
		if g.Section == s && g.Item == item && g.Field == field {
			return &g
		}
	}
	return nil
}

func nameOf(lang string, s dossier.Section, i dossier.Item) string {
	if s == dossier.Representatives {
		return country.Name(lang, i.Text("country")) + ": " + i.Name()
	}
	return i.Name()
}

// Label is the name of a field's message, of which label and hint are parts.
func Label(field string) string { return "dossier.field." + field }

// word says one answer.
func word(lang string, d dossier.Dossier, s dossier.Section, i dossier.Item, f dossier.Field) Line {
	l := Line{Field: f.Name, Label: Label(f.Name) + ".label"}
	text := i.Text(f.Name)
	switch f.Type {
	case dossier.Day:
		l.Day = i.Day(f.Name)
	case dossier.Secret:
		if last := i.Numbers[f.Name].Last4; last != "" {
			l.Text = "•••• " + last
		}
	case dossier.Another:
		if other, there := d.Item(s, text); there {
			l.Text = other.Name()
		}
	default:
		l.Word, l.Text = plain(lang, f, text)
	}
	return l
}

// Value says a field's kept text, as a comparison of two rounds shows it.
func Value(lang string, f dossier.Field, text string) Line {
	l := Line{Field: f.Name, Label: Label(f.Name) + ".label"}
	switch f.Type {
	case dossier.Day:
		l.Day = dossier.Item{Fields: map[string]string{f.Name: text}}.Day(f.Name)
	case dossier.Secret:
		if text != "" {
			l.Text = "•••• " + text
		}
	default:
		l.Word, l.Text = plain(lang, f, text)
	}
	return l
}

func plain(lang string, f dossier.Field, text string) (word, words string) {
	switch {
	case text == "":
		return "", ""
	case f.Type == dossier.Choice:
		return "dossier.choice." + text, ""
	case f.Type == dossier.Country, f.Type == dossier.Countries:
		var names []string
		for code := range strings.FieldsSeq(text) {
			names = append(names, country.Name(lang, code))
		}
		return "", strings.Join(names, ", ")
	case f.Type == dossier.Share:
		return "", dossier.Percent(text) + " %"
	}
	return "", text
}
