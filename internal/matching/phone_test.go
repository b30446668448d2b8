package matching

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// Numbers here are counting sequences and round blocks, nobody's on purpose.
func TestPhonesReadsWhatPeopleWrite(t *testing.T) {
	kh, hk := []string{"KH", "HK"}, []string{"HK"}
	for _, tt := range []struct {
		name, raw string
		regions   []string
		want      []string
		rejected  []string
	}{
		{"double zero for plus", "00855 12345678", kh, []string{"+85512345678"}, nil},
		{"Khmer digits", "០១២ ៣៤៥ ៦៧៨", kh, []string{"+85512345678"}, nil},
		{"a note in brackets", "012.345.678 (Telegram)", kh, []string{"+85512345678"}, nil},
		{"full width", "＋８５５　１２　３４５　６７８", kh, []string{"+85512345678"}, nil},
		{"Thai digits and a Thai code", "+๖๖ ๘๑ ๒๓๔ ๕๖๗๘", kh, []string{"+66812345678"}, nil},
		{"Burmese digits", "၀၁၂၃၄၅၆၇၈", kh, []string{"+85512345678"}, nil},
		{"trunk zero in brackets", "+855 (0)12 345 678", kh, []string{"+85512345678"}, nil},
		{"area code in brackets", "(012) 345-678", kh, []string{"+85512345678"}, nil},
		{"country code without plus", "855 12 345 678", kh, []string{"+85512345678"}, nil},
		{"neighbour's code without plus", "66 81 234 5678", kh, []string{"+66812345678"}, nil},
		{"label before", "Tel: 012 345 678", kh, []string{"+85512345678"}, nil},
		{"Khmer label", "លេខទូរស័ព្ទ ០១២៣៤៥៦៧៨ (បងស្រី)", kh, []string{"+85512345678"}, nil},
		{"extension", "+852 2345 6789 ext. 12", hk, []string{"+85223456789"}, nil},
		{"extension by x", "2345 6789 x12", hk, []string{"+85223456789"}, nil},
		{"extension by hash", "2345 6789 #3", hk, []string{"+85223456789"}, nil},
		{"Chinese extension", "2345 6789 內線 12", hk, []string{"+85223456789"}, nil},
		{"two by slash", "68818000 / 96689000", hk, []string{"+85268818000", "+85296689000"}, nil},
		{"two by tight slash", "68818000/96689000", hk, []string{"+85268818000", "+85296689000"}, nil},
		{"three by slash", "26200054 / 26200055 / 26200056", hk, []string{"+85226200054", "+85226200055", "+85226200056"}, nil},
		{"mixed notations", "+855 12 345 678; 00855 23 880 000", kh, []string{"+85512345678", "+85523880000"}, nil},
		{"two with blanks only", "012 345 678 098 765 432", kh, []string{"+85512345678", "+85598765432"}, nil},
		{"two pluses", "+85512345678+85598765432", kh, []string{"+85512345678", "+85598765432"}, nil},
		{"by a word", "012 345 678 or 098 765 432", kh, []string{"+85512345678", "+85598765432"}, nil},
		{"by an ampersand and a line", "012345678&098765432\n011223344", kh, []string{"+85512345678", "+85598765432", "+85511223344"}, nil},
		{"number in a note", "012 345 678 (sister 098 765 432)", kh, []string{"+85512345678", "+85598765432"}, nil},
		{"hours in a note", "012 345 678 (08-17h)", kh, []string{"+85512345678"}, nil},
		{"slash inside a number", "012/345/678", kh, []string{"+85512345678"}, nil},
		{"a letter inside a number", "012 345 o 678", kh, []string{"+85512345678"}, nil},
		{"the same twice", "012 345 678 / +855 12 345 678", kh, []string{"+85512345678"}, nil},
		{"zero-width space", "012\u200b345\u200b678", kh, []string{"+85512345678"}, nil},
		{"dashes of all kinds", "012–345—678", kh, []string{"+85512345678"}, nil},
		{"second region", "6881 8000", []string{"TH", "HK"}, []string{"+85268818000"}, nil},
		{"foreign with plus", "+44 7474 000 000", hk, []string{"+447474000000"}, nil},
		{"seven digits", "2345678", hk, nil, []string{"2345678"}},
		{"a date before a number", "13/07/65224000", hk, []string{"+85265224000"}, []string{"13", "07"}},
		{"one good, one bad", "23456789 / 12", hk, []string{"+85223456789"}, []string{"12"}},
		{"words only", "no phone", kh, nil, []string{"no phone"}},
		{"blank", " \u00a0", kh, nil, nil},
		{"a dash", "-", kh, nil, nil},
		{"far too many digits", strings.Repeat("1", 40), kh, nil, []string{strings.Repeat("1", 40)}},
		{"no region and no code", "012 345 678", nil, nil, []string{"012 345 678"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, rejected := Phones(tt.raw, tt.regions...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("numbers (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.rejected, rejected); diff != "" {
				t.Errorf("rejected (-want +got):\n%s", diff)
			}
		})
	}
}

func TestProseInAPhoneCellIsRejectedWhole(t *testing.T) {
	prose := strings.Repeat("call me ", 60)
	got, rejected := Phones(prose, "KH")
	if got != nil || len(rejected) != 1 {
		t.Errorf("got %d numbers, %d rejected", len(got), len(rejected))
	}
}

func TestDigitsServesASearchByPartOfAPhone(t *testing.T) {
	for raw, want := range map[string]string{
		"០១២-៣៤": "01234", "+852 2813": "8522813", "00855 12": "85512", "２８１３": "2813", "none": "",
	} {
		if got := Digits(raw); got != want {
			t.Errorf("Digits(%q) = %q, want %q", raw, got, want)
		}
	}
}

var e164Shape = regexp.MustCompile(`^\+[1-9]\d{3,14}$`)

func FuzzPhones(f *testing.F) {
	for _, s := range []string{
		"012.345.678 (Telegram)", "00855 12345678", "០១២៣៤៥៦៧៨", "1/2/3", "+", "(((", "x5", "２８１３ ext 3", "\xff\x00+855",
		"1 2 3 4 5 6 7 8 9 0 1 2", "+855 (0)12 345 678; ext=5",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, rejected := Phones(raw, "KH", "HK")
		for _, n := range got {
			if !e164Shape.MatchString(n) {
				t.Errorf("%q is not E.164", n)
			}
			again, bad := Phones(n)
			if len(bad) != 0 || len(again) != 1 || again[0] != n {
				t.Errorf("%q reads back as %q", n, again)
			}
		}
		for _, r := range rejected {
			if !utf8.ValidString(r) || strings.TrimSpace(r) == "" {
				t.Errorf("rejected %q", r)
			}
		}
	})
}
