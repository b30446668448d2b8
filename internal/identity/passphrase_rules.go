package identity

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/fault"
)

// Lengths of a passphrase in characters. Any character counts, none is asked
// for, and none ever expires (ASVS 6.2).
const (
	passphraseLeast = 12
	passphraseMost  = 200
	// A passphrase of few different characters, or one that holds a long part of
	// the person's own name, is guessed first.
	passphraseDistinct = 5
	ownPart            = 4
)

// What people choose again and again, one a line, without the digits that they
// put behind it.
//
//go:embed commonest.txt
var commonest string

// CheckPassphrase returns nil for a passphrase that may be chosen by somebody
// with that address and name, else an Invalid fault at the field with the reason
// in plain words.
func CheckPassphrase(field, passphrase string, own ...string) error {
	length := utf8.RuneCountInString(passphrase)
	plain := flat(passphrase)
	switch {
	case length < passphraseLeast:
		return fault.Field(field, "account.passphrase.too_short")
	case length > passphraseMost:
		return fault.Field(field, "account.passphrase.too_long")
	case distinct(plain) < passphraseDistinct, inOrder(plain), isCommon(plain):
		return fault.Field(field, "account.passphrase.common")
	}
	for _, text := range own {
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(part) >= ownPart && strings.Contains(plain, flat(part)) {
				return fault.Field(field, "account.passphrase.own")
			}
		}
	}
	return nil
}

// flat is the passphrase as the list has it: small letters, without blanks and
// signs, so that dressing one of the list up does not make it another.
func flat(passphrase string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-_.,!?*#", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, passphrase)
}

func isCommon(plain string) bool {
	word := strings.Trim(plain, "0123456789")
	for line := range strings.Lines(commonest) {
		if line = strings.TrimSpace(line); line == plain || line == word {
			return true
		}
	}
	return false
}

func distinct(plain string) int {
	seen := map[rune]bool{}
	for _, r := range plain {
		seen[r] = true
	}
	return len(seen)
}

// inOrder reports whether each character follows the one before: abcdefghijkl,
// 123456789012, or the same backwards.
func inOrder(plain string) bool {
	const breaks = 2 // 9 to 0, and one more
	var before rune
	up, down := 0, 0
	for at, r := range plain {
		if at > 0 && r-before != 1 {
			up++
		}
		if at > 0 && before-r != 1 {
			down++
		}
		before = r
	}
	return up <= breaks || down <= breaks
}
