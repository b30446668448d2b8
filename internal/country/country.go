// Package country knows the countries of ISO 3166-1: which codes exist, what
// they are called in the portal's languages (Unicode CLDR), and which one runs
// this portal.
//
// It refuses law: nothing about a country's rules is here.
package country

import (
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Home is the country that runs the portal and sends the workers.
type Home struct {
	// Code is ISO 3166-1 alpha-2. Phone numbers without a country code are read
	// as this country's, and its workers carry its documents.
	Code string
	// Zone is where its days begin.
	Zone *time.Location
}

// Today returns the calendar day that it is in the country at now, as midnight
// UTC of that day: the form in which all days of the record are kept.
func (h Home) Today(now time.Time) time.Time {
	y, m, d := now.In(h.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Valid reports whether code is an ISO 3166-1 alpha-2 code of a country, in
// upper case.
func Valid(code string) bool {
	if len(code) != 2 || strings.ToUpper(code) != code {
		return false
	}
	region, err := language.ParseRegion(code)
	// Withdrawn codes have a successor or no name any more, reserved ones no
	// number of the United Nations.
	return err == nil && region.IsCountry() && region.Canonicalize() == region && region.String() == code && region.M49() != 0 &&
		named(region)
}

func named(region language.Region) bool {
	name := display.English.Regions().Name(region)
	return name != "" && name != region.String()
}

// Name returns the country's name in the language ("en", "km"), or the code
// where the name is not known.
func Name(lang, code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	names := display.Regions(language.Make(lang))
	if names == nil {
		return code
	}
	// CLDR puts zero-width spaces into Khmer names, which searching would trip over.
	if name := strings.ReplaceAll(names.Name(region), "\u200b", ""); name != "" {
		return name
	}
	return code
}

// Country is one country with its name in one language.
type Country struct{ Code, Name string }

// All returns every country, in the order in which the language sorts names.
func All(lang string) []Country {
	var all []Country
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if code := string([]rune{a, b}); Valid(code) {
				all = append(all, Country{code, Name(lang, code)})
			}
		}
	}
	collate.New(language.Make(lang)).Sort(byName(all))
	return all
}

type byName []Country

func (l byName) Len() int           { return len(l) }
func (l byName) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l byName) Bytes(i int) []byte { return []byte(l[i].Name) }
