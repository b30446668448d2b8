package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// KeySize is the length in bytes of every symmetric key.
const KeySize = 32

// ErrSealed says that something does not open: a wrong key, another place than
// it was sealed for, or changed bytes. It never says which.
var ErrSealed = errors.New("seal: does not open")

// Box seals bytes under one symmetric key, for what stays among the processes
// of one deployment or is bound to one session. It is safe for concurrent use.
type Box struct{ aead cipher.AEAD }

// NewBox derives the box of that purpose from a secret of 16 bytes or more, so
// that one secret may serve several purposes.
func NewBox(secret []byte, purpose string) (*Box, error) {
	const least = 16
	if len(secret) < least {
		return nil, fmt.Errorf("seal: a secret of %d bytes is too short", len(secret))
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "fairpassage/box/1/"+purpose, KeySize)
	if err != nil {
		return nil, fmt.Errorf("derive box key: %w", err)
	}
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	return &Box{aead: aead}, nil
}

// Seal returns the plaintext closed and bound to context.
func (b *Box) Seal(plaintext, context []byte) []byte {
	return b.aead.Seal(nil, nil, plaintext, context) //nolint:gosec // G407: the cipher draws its own nonce
}

// Open returns the plaintext, or ErrSealed.
func (b *Box) Open(ciphertext, context []byte) ([]byte, error) {
	plain, err := b.aead.Open(nil, nil, ciphertext, context)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// gcm returns AES-256-GCM that draws its nonces itself and puts them before the
// ciphertext.
func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("open cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("open cipher: %w", err)
	}
	return aead, nil
}
