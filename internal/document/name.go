package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// shorten makes a line of a file's name as somebody's machine has it: without its
// folder, without what cannot be seen, and not longer than is kept.
func shorten(name string) string {
	if at := strings.LastIndexAny(name, `/\`); at >= 0 {
		name = name[at+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.Is(unicode.C, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			return -1
		}
		return r
	}, name)
	for len(name) > longName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return strings.TrimSpace(name)
}
