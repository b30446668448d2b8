package matching

import (
	"encoding/binary"
	"math/bits"
	"unicode"
)

const (
	// minSignatureLetters is the shortest text, in letters, that is compared at
	// all: below it two honest people write the same words.
	minSignatureLetters = 40
	// maxSignatureRunes bounds the work on one text.
	maxSignatureRunes = 20_000
	// nearBits is the largest Hamming distance of two signatures of near-copies.
	nearBits = 10
)

// signature is a keyed 64-bit SimHash over the distinct 3-grams of the letters
// of a Text, spaces left out so that scripts with and without them are treated
// alike. It is taken before the text is sealed and says only how alike two
// texts are. Texts under 40 letters give 0, which is like nothing.
//
// Each gram is hashed by AES under a derived key, a keyed permutation: without
// the key nobody can test guessed sentences against a stored signature.
func (h *Hasher) signature(runes []rune) uint64 {
	if len(runes) < minSignatureLetters {
		return 0
	}
	var votes [64]int
	seen := make(map[[3]rune]bool, len(runes))
	for i := 0; i+3 <= len(runes); i++ {
		gram := [3]rune(runes[i : i+3])
		if seen[gram] {
			continue
		}
		seen[gram] = true
		sum := h.gram(gram)
		for b := range votes {
			votes[b] += int(sum>>b&1)*2 - 1
		}
	}
	var out uint64
	for b, v := range votes {
		if v > 0 {
			out |= 1 << b
		}
	}
	return max(out, 1) // 0 is taken
}

func (h *Hasher) gram(gram [3]rune) uint64 {
	var block [16]byte
	for i, r := range gram {
		binary.BigEndian.PutUint32(block[4*i:], uint32(r))
	}
	h.grams.Encrypt(block[:], block[:])
	return binary.BigEndian.Uint64(block[:])
}

// signatureRunes keeps letters, marks and numbers of the folded text.
func signatureRunes(text string) []rune {
	if len(text) > 4*maxSignatureRunes {
		text = text[:4*maxSignatureRunes]
	}
	var out []rune
	for _, r := range Fold(text) {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) {
			out = append(out, r)
		}
	}
	return out[:min(len(out), maxSignatureRunes)]
}

// NearDuplicate says whether two signatures made under one key belong to texts
// of which one is a lightly changed copy of the other. A zero signature is near
// to nothing, not even to another zero.
func NearDuplicate(a, b uint64) bool {
	return a != 0 && b != 0 && bits.OnesCount64(a^b) <= nearBits
}
