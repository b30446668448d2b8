package matching

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// digitOf gives the value of a decimal digit of any script, or -1. Unicode
// lays out every decimal digit set as ten consecutive code points in order, and
// NFKC has already mapped the one block where sets start off a multiple of ten.
func digitOf(r rune) rune {
	if r >= '0' && r <= '9' {
		return r - '0'
	}
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return -1
	}
	for _, set := range unicode.Nd.R16 {
		if lo := rune(set.Lo); r >= lo && r <= rune(set.Hi) {
			return (r - lo) % 10
		}
	}
	for _, set := range unicode.Nd.R32 {
		if lo := rune(set.Lo); r >= lo && r <= rune(set.Hi) {
			return (r - lo) % 10
		}
	}
	return -1
}

// plain gives valid UTF-8 in NFKC with every decimal digit in ASCII and
// invisible format characters (zero-width space, joiners, direction marks) gone.
func plain(s string) string {
	s = norm.NFKC.String(strings.ToValidUTF8(s, " "))
	return norm.NFKC.String(strings.Map(func(r rune) rune {
		if d := digitOf(r); d >= 0 {
			return '0' + d
		}
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s))
}

// Digits keeps the digits of s, any script's, as ASCII, and drops a leading
// international 00. It serves a search by part of a phone: compare it with the
// digits of stored numbers both as it is and without a leading trunk zero.
func Digits(s string) string {
	s = onlyDigits(plain(s))
	return strings.TrimPrefix(s, "00")
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
