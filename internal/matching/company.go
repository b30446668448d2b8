package matching

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// legalWords end a company's name and say only what kind of body it is.
var legalWords = []string{
	"limited", "ltd", "co", "company", "corp", "corporation", "inc", "incorporated",
	"plc", "llc", "llp", "pte", "pty", "gmbh", "sdn", "bhd", "tbk", "ឯ ក",
}

// legalFirst begin a company's name.
var legalFirst = []string{"pt", "cong ty tnhh", "cong ty co phan", "cong ty cp", "cong ty"}

// tradeEnds are the trade written after the name, longest first. They are
// dropped only where a name is left over.
var tradeEnds = []string{
	"employment services centre", "employment service centre", "employment agency centre",
	"recruitment services centre", "manpower services centre",
	"employment services", "employment service", "employment agency", "employment agent", "employment centre",
	"recruitment agency", "recruitment services", "recruitment service", "recruitment centre",
	"manpower agency", "manpower services", "manpower service", "maid agency", "helper agency",
	"human resources", "human resource",
	"employment", "agency",
}

// notNames are words that identify nobody when they are all that is left.
var notNames = []string{
	"the", "a", "an", "and", "of", "new", "hong", "kong", "hk", "asia", "global", "international", "intl",
	"cambodia", "overseas", "domestic", "home", "maid", "helper", "employment", "recruitment", "manpower",
	"service", "services", "centre", "agency", "group", "company", "human", "resource", "resources", "有限", "股份", "香港", "僱傭", "國際",
}

// unspaced are legal forms and trades in scripts without spaces, longest first;
// the bool says whether they stand at the beginning of the name.
var unspaced = []struct {
	form  string
	first bool
}{
	{"股份有限公司", false},
	{"有限責任公司", false},
	{"有限责任公司", false},
	{"有限公司", false},
	{"公司", false},
	{"僱傭服務中心", false},
	{"僱傭服務", false},
	{"僱傭中心", false},
	{"僱傭代理", false},
	{"僱傭", false},
	{"雇傭服務中心", false},
	{"雇傭中心", false},
	{"雇傭", false},
	{"雇佣服务中心", false},
	{"雇佣中心", false},
	{"雇佣", false},
	{"ក្រុមហ៊ុន", true},
	{"ភ្នាក់ងារ", true},
	{"ទីភ្នាក់ងារ", true},
	{"លីមីតធីត", false},
	{"ខូអិលធីឌី", false},
	{"บริษัท", true},
	{"จํากัด", false},
	{"มหาชน", false},
}

// minCore is the least number of letters a name keeps.
const minCore = 2

// CompanyFold folds a company's name and drops its legal form and then, where a
// name remains, the words of the trade ("Employment Agency", 僱傭中心). "Center"
// becomes "centre". A name made of nothing else is kept whole, so the result is
// empty only when Fold is. It is a key to search and block by: two different
// bodies may share it.
func CompanyFold(name string) string {
	folded := Fold(name)
	words := strings.Fields(folded)
	for i, w := range words {
		if w == "center" || w == "centers" || w == "centres" {
			words[i] = "centre"
		}
	}
	core := dropUnspaced(dropLegal(strings.Join(words, " ")))
	for {
		next := dropUnspaced(dropLegal(dropTrade(core)))
		if next == core {
			break
		}
		core = next
	}
	if core == "" {
		return folded
	}
	return core
}

// keep gives shorter when it still names somebody, and otherwise longer.
func keep(longer, shorter string) string {
	shorter = strings.TrimSpace(shorter)
	letters, named := 0, false
	for _, w := range strings.Fields(shorter) {
		letters += utf8.RuneCountInString(w)
		named = named || !slices.Contains(notNames, w)
	}
	if letters < minCore || !named {
		return longer
	}
	return shorter
}

func dropLegal(s string) string {
	for again := true; again; {
		again = false
		for _, w := range legalWords {
			if rest, ok := strings.CutSuffix(s, " "+w); ok && keep(s, rest) != s {
				s, again = strings.TrimSpace(rest), true
			}
		}
		for _, w := range legalFirst {
			if rest, ok := strings.CutPrefix(s, w+" "); ok && keep(s, rest) != s {
				s, again = strings.TrimSpace(rest), true
			}
		}
	}
	return s
}

func dropTrade(s string) string {
	for _, trade := range tradeEnds {
		if rest, ok := strings.CutSuffix(s, " "+trade); ok {
			if k := keep(s, rest); k != s {
				return k
			}
		}
	}
	return s
}

func dropUnspaced(s string) string {
	for again := true; again; {
		again = false
		for _, u := range unspaced {
			rest, ok := strings.CutSuffix(s, u.form)
			if u.first {
				rest, ok = strings.CutPrefix(s, u.form)
			}
			if ok && keep(s, rest) != s {
				s, again = strings.TrimSpace(rest), true
			}
		}
	}
	return s
}
