package matching

// maxCompared bounds the runes of a name that Similarity looks at.
const maxCompared = 128

const (
	winklerPrefix = 4   // runes at the start that count extra (Winkler 1990)
	winklerScale  = 0.1 // how much each of them counts
)

// Similarity ranks candidates: 1 for names equal when folded, word order aside,
// down to 0 for names with nothing in common. It is Jaro–Winkler by character
// over the folded names, taken as written and with their words sorted, whichever
// is higher; symmetric, and the same for every script.
func Similarity(a, b string) float64 {
	a, b = Fold(a), Fold(b)
	if a == "" || b == "" {
		return 0
	}
	return max(jaroWinkler(a, b), jaroWinkler(sortedWords(a), sortedWords(b)))
}

func jaroWinkler(a, b string) float64 {
	if a == b {
		return 1
	}
	if len(a) > len(b) || len(a) == len(b) && a > b {
		a, b = b, a // matching is greedy: one order makes it symmetric
	}
	x, y := firstRunes(a), firstRunes(b)
	jaro := jaro(x, y)
	prefix := 0
	for prefix < min(len(x), len(y), winklerPrefix) && x[prefix] == y[prefix] {
		prefix++
	}
	return jaro + float64(prefix)*winklerScale*(1-jaro)
}

func firstRunes(s string) []rune {
	r := []rune(s)
	return r[:min(len(r), maxCompared)]
}

func jaro(x, y []rune) float64 {
	reach := max(max(len(x), len(y))/2-1, 0)
	taken := make([]bool, len(y))
	var matched []rune
	for i, r := range x {
		for j := max(0, i-reach); j <= min(i+reach, len(y)-1); j++ {
			if !taken[j] && y[j] == r {
				taken[j] = true
				matched = append(matched, r)
				break
			}
		}
	}
	if len(matched) == 0 {
		return 0
	}
	swapped, k := 0, 0
	for j, t := range taken {
		if t {
			if y[j] != matched[k] {
				swapped++
			}
			k++
		}
	}
	m := float64(len(matched))
	return (m/float64(len(x)) + m/float64(len(y)) + (m-float64(swapped)/2)/m) / 3
}
