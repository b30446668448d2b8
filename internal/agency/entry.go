package agency

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/nyaruka/phonenumbers"
)

// entry is a record as the tables hold it.
type entry struct {
	Record
	Key         string // source + normalised names + address, hashed
	Fingerprint string // of everything that an import writes
	Names       []spelling
	Contacts    []contact
}

// spelling is a row of agency_names. Positions 0 and 1 are the Latin and the
// local name as a whole; 2 and 3 the same without legal form and trade.
type spelling struct {
	Position int      `json:"position"`
	Name     string   `json:"name"`
	Folded   string   `json:"folded"`
	Skeleton string   `json:"skeleton"`
	Bigrams  []string `json:"bigrams"`
}

// contact is a row of agency_contacts.
type contact struct {
	Kind     string         `json:"kind"`
	Position int            `json:"position"`
	Shown    string         `json:"shown"`
	Key      string         `json:"key"`
	Digits   string         `json:"digits"`
	Token    matching.Token `json:"token"`
}

// newEntry derives what a visitor may search by, all but the tokens. It decides
// nothing.
func newEntry(r Record) entry {
	if r.State == "" {
		r.State = Listed
	}
	if r.Kinds == nil {
		r.Kinds = []string{}
	}
	e := entry{Record: r, Key: sourceKey(r)}
	e.Names = append(spellings(r.NameLatin, 0), spellings(r.NameLocal, 1)...)
	e.Contacts = append(phones(kindPhone, r.Phones, r.Regions), phones(kindFax, r.Fax, r.Regions)...)
	e.Contacts = append(append(e.Contacts, emails(r.Emails)...), people(r.People)...)
	return e
}

// complete gives the entries their tokens, in one question to the key, and then
// their fingerprints. It asks another process perhaps: call it outside of a
// transaction.
func complete(ctx context.Context, key matching.Keyed, entries ...*entry) error {
	var inputs []matching.Input
	var waiting []*contact
	for _, e := range entries {
		for i := range e.Contacts {
			if c := &e.Contacts[i]; (c.Kind == kindPhone || c.Kind == kindFax) && c.Key != "" {
				inputs, waiting = append(inputs, matching.Phone(c.Key)), append(waiting, c)
			}
		}
	}
	if len(inputs) > 0 {
		marks, err := key.Hash(ctx, inputs)
		if err != nil {
			return fmt.Errorf("hash phones: %w", err)
		}
		for i, c := range waiting {
			c.Token = marks[i].Token
		}
	}
	for _, e := range entries {
		text, err := json.Marshal([]any{e.NameLatin, e.NameLocal, e.LicenceNo, e.ValidSinceYear, e.District, e.Address, e.Kinds, e.Names, e.Contacts})
		if err != nil {
			return err
		}
		e.Fingerprint = hash(string(text))
	}
	return nil
}

// The kinds of contacts that are numbers.
const (
	kindPhone = "phone"
	kindFax   = "fax"
)

// sourceKey tells two entries of a source apart: by both names and the address,
// since many branches share their names.
func sourceKey(r Record) string {
	return hash(r.Source, matching.Fold(r.NameLatin), matching.Fold(r.NameLocal), matching.Fold(r.Address))
}

// hash joins with a byte that no part holds.
func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

func spellings(name string, position int) []spelling {
	folded, core := matching.Fold(name), matching.CompanyFold(name)
	if folded == "" {
		return nil
	}
	// Of a script without spaces the skeleton would be the folded name again.
	skeleton := ""
	if !matching.HasSpacelessScript(folded) {
		skeleton = matching.Skeleton(core)
	}
	whole := spelling{Position: position, Name: name, Folded: folded, Skeleton: skeleton, Bigrams: bigrams(folded)}
	if core == folded {
		return []spelling{whole}
	}
	return []spelling{whole, {Position: position + 2, Name: name, Folded: core, Bigrams: bigrams(core)}}
}

// bigrams is never nil: the column holds an empty array, not NULL.
func bigrams(folded string) []string {
	return append([]string{}, matching.Bigrams(folded)...)
}

func phones(kind, cell string, regions []string) []contact {
	found, rejected := matching.Phones(cell, regions...)
	var all []contact
	for _, e164 := range found {
		all = append(all, contact{
			Kind: kind, Position: len(all), Shown: spoken(e164), Key: e164,
			Digits: strings.TrimPrefix(e164, "+"),
		})
	}
	for _, raw := range rejected {
		all = append(all, contact{Kind: kind, Position: len(all), Shown: raw, Digits: matching.Digits(raw)})
	}
	return all
}

// spoken writes a number in the groups of its country: "+852 5550 1234".
func spoken(e164 string) string {
	number, err := phonenumbers.Parse(e164, "ZZ")
	if err != nil {
		return e164
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}

var (
	emailEnds  = regexp.MustCompile(`\s*[/,;]\s*`)
	emailShape = regexp.MustCompile(`^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$`)
)

func emails(cell string) []contact {
	var all []contact
	for _, part := range emailEnds.Split(cell, -1) {
		if part == "" {
			continue
		}
		c := contact{Kind: "email", Position: len(all), Shown: part}
		if emailShape.MatchString(part) {
			c.Key = strings.ToLower(part)
		}
		all = append(all, c)
	}
	return all
}

func people(names []string) []contact {
	var all []contact
	for _, name := range names {
		if folded := matching.Fold(name); folded != "" {
			all = append(all, contact{Kind: "person", Position: len(all), Shown: clean(name), Key: folded})
		}
	}
	return all
}

const maxSlug = 60

// slugs gives the addresses that an entry may get, the first free one wins: its
// Latin name, then the name with more and more of its key. They depend on
// nothing but the entry.
func (e entry) slugs() []string {
	name := slugText(e.NameLatin)
	sum := sha256.Sum256([]byte(e.Key))
	code := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:]))
	if name == "" {
		return []string{"a-" + code[:8], "a-" + code}
	}
	return []string{name, name + "-" + code[:6], name[:min(len(name), 20)] + "-" + code}
}

// slugText is the ASCII of a name, and "" where there is too little of it to be
// told from another.
func slugText(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range matching.Fold(name) {
		if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
			continue
		}
		gap = true
	}
	text := b.String()
	if len(text) > maxSlug {
		text = strings.TrimRight(text[:maxSlug], "-")
	}
	if len(text) < 2 {
		return ""
	}
	return text
}
