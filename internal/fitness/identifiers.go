package fitness

import (
	_ "embed"
	"strings"
	"unicode"

	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/matching"
)

// Kind is what identifies somebody.
type Kind string

// The kinds.
const (
	Phone    Kind = "phone"    // E.164
	Email    Kind = "email"    // lower case
	Address  Kind = "address"  // letters and digits alone
	Account  Kind = "account"  // keyed token
	Document Kind = "document" // keyed token
	Person   Kind = "person"   // folded name; never alone
)

// weights are tenths, of an identifier that two agencies share. They are the order in
// which identifiers are hard to share by accident; the thresholds are the law's.
var weights = map[Kind]int{Document: 50, Account: 45, Phone: 30, Email: 30, Address: 20, Person: 20}

// Identifier is one, as the record compares it.
type Identifier struct {
	Kind  Kind   `json:"kind"`
	Key   string `json:"key"`
	Shown string `json:"shown"` // for an officer; of a number its last characters
}

//go:embed mailers.txt
var mailers string

// freeMailer reports whether anybody has an address there: the whole address still
// identifies, the domain does not.
func freeMailer(domain string) bool {
	for line := range strings.SplitSeq(mailers, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") && line == domain {
			return true
		}
	}
	return false
}

// Identifiers lists what identifies the agency of a dossier, each once.
func Identifiers(d dossier.Dossier) []Identifier {
	var all []Identifier
	seen := map[Identifier]bool{}
	add := func(kind Kind, key, shown string) {
		i := Identifier{Kind: kind, Key: key}
		if key == "" || seen[i] {
			return
		}
		seen[i] = true
		i.Shown = shown
		all = append(all, i)
	}
	for _, c := range dossier.Chapters() {
		for _, i := range d.Items(c.Section) {
			add(Phone, i.Text("phone"), i.Text("phone"))
			add(Email, i.Text("email"), i.Text("email"))
			if _, domain, ok := strings.Cut(i.Text("email"), "@"); ok && !freeMailer(domain) {
				add(Email, "@"+domain, "@"+domain)
			}
			add(Address, AddressKey(i.Text("address")), i.Text("address"))
			add(Document, i.Numbers["document_number"].Token, "•••• "+i.Numbers["document_number"].Last4)
			add(Account, i.Numbers["account_number"].Token, "•••• "+i.Numbers["account_number"].Last4)
			if c.Section == dossier.Directors || c.Section == dossier.Owners {
				add(Person, matching.Fold(i.Text("name_latin")), i.Text("name_latin"))
				add(Person, matching.Fold(i.Text("name_local")), i.Text("name_local"))
			}
		}
	}
	return all
}

// AddressKey is the address as the database compares it; "" of one that is too short
// to be somebody's.
func AddressKey(address string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(address) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) { // as [:alnum:] of the database
			b.WriteRune(r)
		}
	}
	if b.Len() < 8 {
		return ""
	}
	return b.String()
}
