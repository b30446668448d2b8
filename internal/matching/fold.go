package matching

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// foldRounds bounds the search for a fixed point; two rounds suffice for every
// assigned character known, the rest is for the unknown ones.
const foldRounds = 8

// latinSpelt are Latin letters that Unicode does not take apart into a letter
// and a mark, though their users type them so on a foreign keyboard.
var latinSpelt = strings.NewReplacer(
	"æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "ł", "l", "ħ", "h",
	"ı", "i", "þ", "th", "ŋ", "ng", "ɓ", "b", "ɗ", "d", "ƴ", "y", "ơ", "o", "ư", "u",
)

// Fold gives the form in which two spellings of one name are equal: NFKC, case
// folded, Latin diacritics gone, digits in ASCII, invisible characters gone,
// Khmer spelling variants made one, apostrophes dropped, every other mark of
// punctuation a single space. Scripts are not translated into one another and
// words stay in order. The result is valid UTF-8, NFC, and Fold of it is itself.
func Fold(name string) string {
	for range foldRounds {
		next := foldOnce(name)
		if next == name {
			break
		}
		name = next
	}
	return name
}

func foldOnce(s string) string {
	s = cases.Fold().String(plain(s))
	s = latinSpelt.Replace(stripLatinMarks(s))
	s = foldKhmer(s)
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKC.String(s) {
		switch {
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r) && b.Len() > 0 && !gap:
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		case isApostrophe(r), unicode.Is(unicode.Cf, r), unicode.IsMark(r):
			// int'l is one word; a mark without a letter is nothing
		default:
			gap = true
		}
	}
	return norm.NFC.String(b.String())
}

func isApostrophe(r rune) bool {
	return r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '`' || r == '´'
}

// stripLatinMarks takes the marks off Latin letters and leaves those of every
// other script, where a mark is often a vowel.
func stripLatinMarks(s string) string {
	latin := false
	stripped := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			if latin {
				return -1
			}
			return r
		}
		latin = unicode.Is(unicode.Latin, r)
		return r
	}, norm.NFD.String(s))
	return norm.NFC.String(stripped)
}

const (
	khmerCoeng = '\u17D2' // puts the next consonant below
	khmerRo    = '\u179A'
)

// khmerVariants are sequences that print alike or that the Unicode Standard
// (chapter 16, Khmer) deprecates in favour of others.
var khmerVariants = strings.NewReplacer(
	"\u17A3", "\u17A2", // independent A -> qa
	"\u17A4", "\u17A2\u17B6", // independent AA -> qa + aa
	"\u17B2", "\u17B1", // the two forms of independent OO
	"\u17B4", "", "\u17B5", "", // inherent vowels, never printed
	"\u17C1\u17B8", "\u17BE", // e + ii typed for oe
	"\u17B8\u17C1", "\u17BE",
	"\u17C1\u17B6", "\u17C4", // e + aa typed for oo
	"\u17B6\u17C1", "\u17C4",
	"\u17D2\u178A", "\u17D2\u178F", // da and ta look the same below a consonant
	"\u17DD", "\u17D1", // atthacan and viriam, both obsolete silencers
)

// foldKhmer makes one of the Khmer spellings that print alike, subscript order
// included: a subscript ro is typed before or after another subscript.
func foldKhmer(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Khmer, r) }) {
		return s
	}
	runes := []rune(khmerVariants.Replace(s))
	for i := 0; i+3 < len(runes); i++ {
		if runes[i] == khmerCoeng && runes[i+1] == khmerRo && runes[i+2] == khmerCoeng && runes[i+3] != khmerRo {
			runes[i+1], runes[i+3] = runes[i+3], runes[i+1]
		}
	}
	return string(runes)
}

// sortedWords puts the words of a folded name in one order, because family and
// given names swap places between forms.
func sortedWords(folded string) string {
	words := strings.Fields(folded)
	slices.Sort(words)
	return strings.Join(words, " ")
}
