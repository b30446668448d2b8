package matching

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
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

// Hasher is a Keyed that holds its key in memory. It is safe for concurrent use.
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

// Hash implements Keyed. It fails for what Input.Check refuses alone.
func (h *Hasher) Hash(_ context.Context, inputs []Input) ([]Mark, error) {
	marks := make([]Mark, len(inputs))
	for i, in := range inputs {
		if err := in.Check(); err != nil {
			return nil, err
		}
		marks[i] = h.mark(in)
	}
	return marks, nil
}

func (h *Hasher) mark(in Input) Mark {
	if in.Value == "" {
		return Mark{}
	}
	if in.Kind == KindText {
		return Mark{Signature: h.signature([]rune(in.Value))}
	}
	parts := []string{in.Value}
	if in.Kind == KindDocument {
		parts = []string{in.Country, in.Value}
	}
	return Mark{Token: TokenFrom(h.mac(in.Kind.String(), parts...))}
}

// TokenSize is the length in bytes of what a token writes out.
const TokenSize = sha256.Size

// TokenFrom writes out the 32 bytes of a token.
func TokenFrom(sum []byte) Token { return Token(base64.RawURLEncoding.EncodeToString(sum)) }

// Bytes returns the 32 bytes of a token, or nil of the empty one and of what is
// none.
func (t Token) Bytes() []byte {
	sum, err := base64.RawURLEncoding.DecodeString(string(t))
	if err != nil || len(sum) != TokenSize {
		return nil
	}
	return sum
}
