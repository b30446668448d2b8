package identity

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Argon2id as OWASP ASVS 5.0.0 appendix C asks: one pass over 46 MiB.
const (
	argonTime   = 1
	argonMemory = 46 * 1024 // KiB
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

// Secret is a passphrase made ready for storing: what recognises it, and the
// key under which its owner's own key is wrapped. One pass of Argon2id gives
// both, and neither leads to the other.
type Secret struct {
	verifier string // PHC form
	under    []byte // 32 bytes, never stored
}

// NewSecret derives both halves. It takes about 50 ms and 46 MiB: call it
// outside of a transaction.
func NewSecret(passphrase string) (Secret, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return Secret{}, fmt.Errorf("draw salt: %w", err)
	}
	verify, under, err := stretch(passphrase, salt)
	if err != nil {
		return Secret{}, err
	}
	enc := base64.RawStdEncoding
	return Secret{
		verifier: fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
			argon2.Version, argonMemory, argonTime, argonLanes, enc.EncodeToString(salt), enc.EncodeToString(verify)),
		under: under,
	}, nil
}

func stretch(passphrase string, salt []byte) (verify, under []byte, err error) {
	// The same words typed on another keyboard may come as other bytes.
	root := argon2.IDKey(norm.NFC.Bytes([]byte(passphrase)), salt, argonTime, argonMemory, argonLanes, argonKey)
	if verify, err = hkdf.Key(sha256.New, root, nil, "fairpassage/passphrase/1/verify", argonKey); err == nil {
		under, err = hkdf.Key(sha256.New, root, nil, "fairpassage/passphrase/1/wrap", argonKey)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("stretch passphrase: %w", err)
	}
	return verify, under, nil
}

// unlock compares in constant time and returns the key that wraps the owner's.
// A verifier that cannot be read matches nothing, after the same work.
func unlock(verifier, passphrase string) (under []byte, ok bool) {
	salt, want, readable := readVerifier(verifier)
	if !readable {
		salt, want = make([]byte, argonSalt), make([]byte, argonKey)
	}
	got, under, err := stretch(passphrase, salt)
	if err != nil || subtle.ConstantTimeCompare(got, want) != 1 || !readable {
		return nil, false
	}
	return under, true
}

func readVerifier(verifier string) (salt, key []byte, ok bool) {
	parts := strings.Split(verifier, "$")
	params := fmt.Sprintf("m=%d,t=%d,p=%d", argonMemory, argonTime, argonLanes)
	if len(parts) != 6 || parts[1] != "argon2id" || parts[3] != params {
		return nil, nil, false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return nil, nil, false
	}
	key, err = base64.RawStdEncoding.DecodeString(parts[5])
	return salt, key, err == nil && len(salt) == argonSalt && len(key) == argonKey
}
