package certificate

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Signer holds the private key of an installation.
type Signer struct {
	private ed25519.PrivateKey
	id      [4]byte
}

// NewSigner makes the key of a seed of 32 bytes.
func NewSigner(seed []byte) (*Signer, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, errors.New("certificate: the seed of the signing key must be 32 bytes")
	}
	s := &Signer{private: ed25519.NewKeyFromSeed(seed)}
	s.id = keyID(s.Public())
	return s, nil
}

// Public is the key by which others check.
func (s *Signer) Public() ed25519.PublicKey { return s.private.Public().(ed25519.PublicKey) } //nolint:forcetypeassert // documented to be one

func keyID(public ed25519.PublicKey) (id [4]byte) {
	sum := sha256.Sum256(public)
	copy(id[:], sum[:])
	return id
}

// domain keeps a signature of this package from being one of another.
const domain = "fairpassage certificate 1\x00"

// crockford is base 32 without I, L, O and U, by Douglas Crockford.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Sign writes the code of a payload.
func (s *Signer) Sign(p Payload) string {
	p.KeyID = s.id
	data := p.marshal()
	return crockford.EncodeToString(append(data, ed25519.Sign(s.private, append([]byte(domain), data...))...))
}

// Reason is what a check comes to.
type Reason string

// The reasons. Only Valid is a licence that holds.
const (
	Valid      Reason = "valid"
	Unreadable Reason = "unreadable" // no code, or not a whole one
	UnknownKey Reason = "unknown_key"
	Tampered   Reason = "tampered"
	NotYet     Reason = "not_yet"
	Expired    Reason = "expired"
	Revoked    Reason = "revoked"
	Suspended  Reason = "suspended"
	Superseded Reason = "superseded" // a newer certificate says otherwise
	NotLicence Reason = "not_licensed"
)

// longest is many times a code, in characters.
const longest = 4000

// Read reads a code as people type it and checks its signature. The reason is
// Valid when it is ours, whatever it says; the payload is empty otherwise.
func Read(code string, keys Keys) (Payload, Reason) {
	if len(code) > longest {
		return Payload{}, Unreadable
	}
	data, err := crockford.DecodeString(clean(code))
	if err != nil || len(data) <= ed25519.SignatureSize {
		return Payload{}, Unreadable
	}
	body, signature := data[:len(data)-ed25519.SignatureSize], data[len(data)-ed25519.SignatureSize:]
	p, err := parse(body)
	if err != nil {
		return Payload{}, Unreadable
	}
	public, known := keys[p.KeyID]
	switch {
	case !known:
		return Payload{}, UnknownKey
	case !ed25519.Verify(public, append([]byte(domain), body...), signature):
		return Payload{}, Tampered
	}
	return p, Valid
}

// clean forgives what people do to a code: blanks, dashes, small letters, O for 0, I
// and L for 1.
func clean(code string) string {
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToUpper(r); {
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r), unicode.Is(unicode.Cf, r):
			return -1
		case r == 'O':
			return '0'
		case r == 'I', r == 'L':
			return '1'
		}
		return r
	}, norm.NFKC.String(code))
}
