package matching

import (
	"slices"
	"strings"
	"unicode"
)

// sounds maps letter groups that romanisations of Khmer, Thai, Lao, Vietnamese
// and Chinese names use for one sound, longest first. The ALA-LC, UNGEGN,
// French-colonial and passport-office habits differ in exactly these.
var sounds = strings.NewReplacer(
	"tch", "c", "sch", "s", "ch", "c", "dj", "c", "sh", "s", "ph", "p", "bh", "p",
	"kh", "k", "gh", "k", "th", "t", "dh", "t", "ck", "k", "qu", "k",
	"nh", "n", "gn", "n", "rh", "r", "lh", "l", "wh", "v",
	"ce", "se", "ci", "si", "cy", "sy", "ts", "c", "tz", "c",
	"j", "c", "f", "p", "b", "p", "d", "t", "g", "k", "q", "k", "c", "k",
	"w", "v", "x", "s", "z", "s",
)

// Skeleton gives the key in which different romanisations of one name tend to
// meet: per word the consonants by sound, doubled letters once, a leading vowel
// as "a", and the words in alphabetical order. Words in other scripts stay as
// folded. It is loose by design: it finds candidates to rank and is no proof.
func Skeleton(name string) string {
	words := strings.Fields(Fold(name))
	for i, word := range words {
		if !strings.ContainsFunc(word, func(r rune) bool { return r > unicode.MaxASCII }) {
			words[i] = wordSkeleton(word)
		}
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

func wordSkeleton(word string) string {
	word = strings.ReplaceAll(word, "ng", "0") // a sound of its own, not n before g
	word = sounds.Replace(strings.ReplaceAll(word, "0h", "0"))
	var b strings.Builder
	var last rune
	for i, r := range word {
		switch {
		case strings.ContainsRune("aeiouy", r):
			if i == 0 && r != 'y' {
				b.WriteByte('a')
			} else if i == 0 {
				b.WriteByte('y')
			}
			last = 0 // consonants on both sides of a vowel are two
			continue
		case r == 'h' && i > 0: // breath, written or not
			continue
		case r == 'v' && i > 0 && i == len(word)-1: // a final w is half a vowel
			continue
		}
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	return strings.ReplaceAll(b.String(), "0", "g")
}
