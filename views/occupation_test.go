package views

import "testing"

func TestAnOccupationIsSaidInWordsByItselfOrByWhatItIsPartOf(t *testing.T) {
	v, err := New()
	if err != nil {
		t.Fatal(err)
	}
	words := v.Catalogue()
	for code, want := range map[string]string{
		"5311": "child care workers (ISCO-08 5311)", "5312": "personal care workers (ISCO-08 5312)", "91": "cleaners and helpers (ISCO-08 91)",
		"9": "elementary occupations (ISCO-08 9)", "": "ISCO-08 ", "x1": "ISCO-08 x1",
	} {
		if got := words.Occupation("en", code); got != want {
			t.Errorf("%q: %q", code, got)
		}
	}
	// Every group of two digits that ISCO-08 has, in every language.
	for _, lang := range words.Languages() {
		for major, groups := range map[string]string{"1": "1234", "2": "123456", "3": "12345", "4": "1234", "5": "1234", "6": "123", "7": "12345", "8": "123", "9": "123456"} {
			for _, group := range groups {
				if key := "occupation." + major + string(group); !words.Has(lang, key) {
					t.Errorf("%s has no %s", lang, key)
				}
			}
		}
	}
}
