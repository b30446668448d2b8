package matching

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"unicode"
)

// Token is a keyed pseudonym: base64url without padding of an HMAC-SHA-256, 43
// characters. Equal inputs of one domain give equal tokens under one key, and
// nothing else can be learnt without the key. The empty Token stands for "not
// given"; two empty tokens are never a match.
type Token string

// minKey is the smallest key in bytes that NewHasher accepts.
const minKey = 32

// ErrShortKey says that a matching key has fewer than 32 bytes.
var ErrShortKey = errors.New("matching key is shorter than 32 bytes")

// Hasher makes tokens and text signatures under one secret key. It is safe for
// concurrent use.
type Hasher struct {
	key   []byte
	grams cipher.Block
}

// NewHasher takes a key of at least 32 random bytes. Changing the key makes all
// stored tokens strangers to all new ones.
func NewHasher(key []byte) (*Hasher, error) {
	if len(key) < minKey {
		return nil, ErrShortKey
	}
	h := &Hasher{key: append([]byte(nil), key...)}
	grams, err := aes.NewCipher(h.mac("text"))
	if err != nil {
		return nil, err
	}
	h.grams = grams
	return h, nil
}

// mac authenticates the domain and the parts, each preceded by its length in
// eight bytes, so that no two different lists of parts feed the same bytes.
func (h *Hasher) mac(domain string, parts ...string) []byte {
	m := hmac.New(sha256.New, h.key)
	var size [8]byte
	for _, p := range append([]string{"fairpassage/matching/1", domain}, parts...) {
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		m.Write(size[:])
		m.Write([]byte(p))
	}
	return m.Sum(nil)
}

func (h *Hasher) token(domain string, parts ...string) Token {
	if parts[len(parts)-1] == "" {
		return ""
	}
	return Token(base64.RawURLEncoding.EncodeToString(h.mac(domain, parts...)))
}

// Phone hashes one number as returned by Phones.
func (h *Hasher) Phone(e164 string) Token { return h.token("phone", e164) }

// Reporter hashes the phone of somebody who complains. It is a domain of its own:
// by the tokens of Phone, whoever reads the database could find the same person
// among the workers that agencies registered.
func (h *Hasher) Reporter(e164 string) Token { return h.token("reporter", e164) }

// Document hashes an identity document's number with its issuing country (ISO
// 3166-1 alpha-2). Case, spaces and punctuation do not matter.
func (h *Hasher) Document(country, number string) Token {
	return h.token("document", alphanumeric(country), alphanumeric(number))
}

// Account hashes a bank account, wallet or similar as typed. Case, spaces and
// punctuation do not matter.
func (h *Hasher) Account(raw string) Token { return h.token("account", alphanumeric(raw)) }

// Name hashes a name already folded by Fold, Skeleton or CompanyFold. A caller
// keeps the three apart by keeping them in different columns.
func (h *Hasher) Name(folded string) Token { return h.token("name", folded) }

// alphanumeric keeps letters, marks and digits, upper case.
func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, plain(s))
}
