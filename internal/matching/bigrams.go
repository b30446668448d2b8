package matching

import "unicode"

// spaceless are the scripts whose words are written without spaces between.
func spaceless(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Khmer, unicode.Thai, unicode.Lao, unicode.Myanmar)
}

// Bigrams gives the overlapping pairs of characters of every run of Han, Khmer,
// Thai, Lao or Myanmar in the folded s, each once, in order of appearance. A run
// of one character gives that character alone. Other scripts give nothing: their
// trigrams are the database's work. Two characters typed are thus one key of an
// inverted index over text[].
func Bigrams(s string) []string {
	var out []string
	seen := map[string]bool{}
	add := func(run []rune) {
		for i := 0; i < len(run); i++ {
			if i+1 == len(run) && i > 0 {
				break
			}
			key := string(run[i:min(i+2, len(run))])
			if !seen[key] {
				seen[key] = true
				out = append(out, key)
			}
		}
	}
	var run []rune
	for _, r := range Fold(s) {
		if spaceless(r) {
			run = append(run, r)
			continue
		}
		add(run)
		run = run[:0]
	}
	add(run)
	return out
}

// HasSpacelessScript says whether s has any character that Bigrams indexes.
func HasSpacelessScript(s string) bool {
	for _, r := range Fold(s) {
		if spaceless(r) {
			return true
		}
	}
	return false
}
