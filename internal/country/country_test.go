package country_test

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/country"
)

func TestOnlyCodesOfCountriesAreValid(t *testing.T) {
	for code, want := range map[string]bool{
		"TH": true, "KH": true, "TW": true, "HK": true,
		"": false, "th": false, "T": false, "THA": false, "ZZ": false, "XX": false, "AA": false, "EU": false, "UK": false, "AN": false, "SU": false, "YU": false, "១២": false, "T1": false,
	} {
		if got := country.Valid(code); got != want {
			t.Errorf("%q: %v, want %v", code, got, want)
		}
	}
}

func TestCountriesAreNamedInBothLanguages(t *testing.T) {
	for lang, want := range map[string]string{"en": "Thailand", "km": "ថៃ"} {
		if got := country.Name(lang, "TH"); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
		all := country.All(lang)
		if len(all) < 240 || len(all) > 260 {
			t.Errorf("%s: %d countries", lang, len(all))
		}
		for _, c := range all {
			if c.Name == "" || c.Name == c.Code {
				t.Errorf("%s: %s has no name", lang, c.Code)
			}
		}
	}
	if got := country.Name("en", "not a code"); got != "not a code" {
		t.Errorf("an unknown code is named %q", got)
	}
}

func TestADayBeginsAtMidnightOfTheCountry(t *testing.T) {
	home := country.Home{Code: "KH", Zone: time.FixedZone("ICT", 7*3600)}
	late := time.Date(2026, time.March, 1, 17, 0, 0, 0, time.UTC)
	if got := home.Today(late); !got.Equal(time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("17:00 UTC is %v there", got)
	}
	if got := home.Today(late.Add(-time.Second)); got.Day() != 1 {
		t.Errorf("a second before is %v there", got)
	}
}
