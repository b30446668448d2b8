package dossier

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Section names a part of the dossier, as the record and the addresses have it.
type Section string

// The sections, in the order of the form.
const (
	Company         Section = "company"
	Directors       Section = "directors"
	Owners          Section = "owners"
	Staff           Section = "staff"
	Branches        Section = "branches"
	Agents          Section = "agents"
	Training        Section = "training"
	Representatives Section = "representatives"
	Accounts        Section = "accounts"
	Scope           Section = "scope"
	Fee             Section = "fee"
	Declaration     Section = "declaration"
)

// Dossier is all answers. A section that is absent was not answered.
type Dossier map[Section][]Item

// Item is one entry of a section: a director, a branch, the company itself.
type Item struct {
	// ID stays with the item through all rounds.
	ID string `json:"id"`
	// Fields hold canonical text: days as YYYY-MM-DD, countries as ISO 3166-1
	// alpha-2, lists joined by blanks, phones in E.164, shares in basis points.
	Fields map[string]string `json:"fields,omitempty"`
	// Numbers are those of documents and accounts.
	Numbers map[string]Number `json:"numbers,omitempty"`
}

// Number stands for a document's or an account's number that is not kept.
type Number struct {
	Token string `json:"token"`
	Last4 string `json:"last4"`
}

// none is the id of the one item that says "we have none".
const none = "none"

// longestID bounds an id that comes with an address.
const longestID = 16

// NewID draws the id of a new item.
func NewID() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// None reports whether the agency said that it has none.
func (d Dossier) None(s Section) bool { return len(d[s]) == 1 && d[s][0].ID == none }

// Items lists what the section holds.
func (d Dossier) Items(s Section) []Item {
	if d.None(s) {
		return nil
	}
	return d[s]
}

// Item returns an item of the section.
func (d Dossier) Item(s Section, id string) (Item, bool) {
	at := slices.IndexFunc(d.Items(s), func(i Item) bool { return i.ID == id })
	if at < 0 {
		return Item{}, false
	}
	return d[s][at], true
}

// One returns the only item of a section that has one, empty where it was not
// answered.
func (d Dossier) One(s Section) Item {
	if items := d.Items(s); len(items) > 0 {
		return items[0]
	}
	return Item{}
}

// With returns a dossier in which the item is added, or takes the place of the
// one with its id.
func (d Dossier) With(s Section, i Item) Dossier {
	items := slices.Clone(d.Items(s))
	if at := slices.IndexFunc(items, func(o Item) bool { return o.ID == i.ID }); at >= 0 {
		items[at] = i
	} else {
		items = append(items, i)
	}
	return d.set(s, items)
}

// Without returns a dossier without that item.
func (d Dossier) Without(s Section, id string) Dossier {
	return d.set(s, slices.DeleteFunc(slices.Clone(d.Items(s)), func(i Item) bool { return i.ID == id }))
}

// WithNone returns a dossier that says that there is none.
func (d Dossier) WithNone(s Section) Dossier { return d.set(s, []Item{{ID: none}}) }

func (d Dossier) set(s Section, items []Item) Dossier {
	out := Dossier{}
	for section, all := range d {
		out[section] = all
	}
	if out[s] = items; len(items) == 0 {
		delete(out, s)
	}
	return out
}

// Text returns a field, "" where it has none.
func (i Item) Text(field string) string { return i.Fields[field] }

// List returns the words of a list.
func (i Item) List(field string) []string { return strings.Fields(i.Fields[field]) }

// Day returns a day at midnight UTC, or the zero time.
func (i Item) Day(field string) time.Time {
	day, _ := time.Parse(time.DateOnly, i.Fields[field])
	return day
}

// Name returns what the item is called, in whatever script it has.
func (i Item) Name() string {
	for _, field := range []string{"name_latin", "name_local", "bank", "country"} {
		if text := i.Fields[field]; text != "" {
			return text
		}
	}
	return ""
}
