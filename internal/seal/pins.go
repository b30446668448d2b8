package seal

import (
	"crypto/hmac"
	"crypto/sha256"
)

// Pins authenticates rows by which somebody could become another person or
// receive keys: passphrase verifiers, members' and desks' public keys,
// memberships, second factors. The secret lies in the key folder, so that
// whoever can write to the database alone cannot make a row that counts. It is
// safe for concurrent use.
type Pins struct{ secret []byte }

// NewPins returns pins under a secret of 32 bytes.
func NewPins(secret []byte) Pins { return Pins{secret: secret} }

// Pins returns the portal's own.
func (r *Ring) Pins() Pins { return NewPins(r.Secret(SecretPins)) }

// Pin returns 32 bytes that bind the parts to the purpose, a word of the code.
func (p Pins) Pin(purpose string, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, p.secret)
	mac.Write(bind("fairpassage/pin/1/"+purpose, parts...))
	return mac.Sum(nil)
}

// Check reports whether pin is that of purpose and parts. The zero Pins
// accepts nothing.
func (p Pins) Check(pin []byte, purpose string, parts ...[]byte) bool {
	return len(p.secret) == KeySize && hmac.Equal(pin, p.Pin(purpose, parts...))
}

// Box returns a box under the same secret, for what the database keeps for the
// portal and must not read, such as the secret of an authenticator app.
func (p Pins) Box(purpose string) (*Box, error) { return NewBox(p.secret, "pins/"+purpose) }
