package complaint

import (
	"crypto/rand"
	"fmt"
	"strings"
	"unicode"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/matching"
	"golang.org/x/text/unicode/norm"
)

// alphabet is Crockford's base 32: no I, L, O and U.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	receiptLength = 24 // characters, the last of which checks the others
	receiptField  = "receipt"
)

// Receipt is the code by which somebody follows a complaint: 115 random bits
// and a check character. It is a secret: it prints as a placeholder, and only
// Code gives it away. The zero value is no receipt.
type Receipt struct{ code string }

// NewReceipt draws a receipt.
func NewReceipt() Receipt {
	symbols := make([]byte, receiptLength)
	_, _ = rand.Read(symbols[:receiptLength-1]) // never fails, by its contract
	for i := range receiptLength - 1 {
		symbols[i] %= 32 // 256 is a multiple: no symbol is likelier
	}
	symbols[receiptLength-1] = check(symbols[:receiptLength-1])
	return receiptOf(symbols)
}

// ParseReceipt reads a receipt as people write it: with or without blanks and
// dashes, in either case, with digits of any script, and with O for 0 and I or
// L for 1. What cannot be one is an Invalid fault at the field "receipt" that
// says why: a character that receipts do not have, a wrong number of them, or
// one that does not fit the others. It asks no database.
func ParseReceipt(typed string) (Receipt, error) {
	symbols := make([]byte, 0, receiptLength)
	for _, r := range norm.NFKC.String(typed) {
		if separates(r) {
			continue
		}
		symbol := symbolOf(r)
		if symbol < 0 {
			return Receipt{}, fault.Field(receiptField, "complaint.receipt.character")
		}
		if len(symbols) == receiptLength {
			return Receipt{}, fault.Field(receiptField, "complaint.receipt.length")
		}
		symbols = append(symbols, byte(symbol))
	}
	if len(symbols) != receiptLength {
		return Receipt{}, fault.Field(receiptField, "complaint.receipt.length")
	}
	if check(symbols[:receiptLength-1]) != symbols[receiptLength-1] {
		return Receipt{}, fault.Field(receiptField, "complaint.receipt.check")
	}
	return receiptOf(symbols), nil
}

// Code returns the 24 characters without groups.
func (r Receipt) Code() string { return r.code }

// Grouped returns the code in groups of four, as it is shown and copied.
func (r Receipt) Grouped() string {
	groups := make([]string, 0, receiptLength/4)
	for i := 0; i+4 <= len(r.code); i += 4 {
		groups = append(groups, r.code[i:i+4])
	}
	return strings.Join(groups, "-")
}

// Format keeps the code out of logs and errors, whatever the verb.
func (Receipt) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("(receipt)")) }

func receiptOf(symbols []byte) Receipt {
	text := make([]byte, len(symbols))
	for i, s := range symbols {
		text[i] = alphabet[s]
	}
	return Receipt{code: string(text)}
}

func separates(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("._,/|·", r)
}

// symbolOf returns the value of a character, or -1.
func symbolOf(r rune) int {
	switch r = unicode.ToUpper(r); r {
	case 'O':
		return 0
	case 'I', 'L':
		return 1
	}
	if unicode.IsDigit(r) {
		digit := matching.Digits(string(r))
		if digit == "" {
			return -1
		}
		return int(digit[0] - '0')
	}
	return strings.IndexRune(alphabet, r)
}

// check returns the symbol that makes the weighted sum over GF(32) zero. The
// weight of place i is α^(i+1), and that of the check is 1. All 24 weights
// differ and none is zero, so any one wrong character and any two that changed
// places are caught.
func check(symbols []byte) byte {
	sum, weight := byte(0), byte(1)
	for _, s := range symbols {
		weight = multiply(weight, 2)
		sum ^= multiply(weight, s)
	}
	return sum
}

// multiply multiplies in GF(32) modulo the primitive polynomial x⁵ + x² + 1.
func multiply(a, b byte) byte {
	var product byte
	for ; b != 0; b >>= 1 {
		if b&1 != 0 {
			product ^= a
		}
		if a <<= 1; a&0x20 != 0 {
			a ^= 0x25
		}
	}
	return product
}
