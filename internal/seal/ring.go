package seal

import "crypto/hpke"

// Secret names one of the symmetric keys that all processes share.
type Secret string

// The secrets of a key folder, 32 random bytes each.
const (
	SecretMatching Secret = "matching" // tokens of phones, names and documents
	SecretReceipt  Secret = "receipt"  // look-up of receipts and form nonces
	SecretForm     Secret = "form"     // answers that travel in a page
	SecretCSRF     Secret = "csrf"     // tokens of forms
	SecretPins     Secret = "pins"     // rows that make somebody a person or a desk
	SecretAudit    Secret = "audit"    // seed of the key that signs the audit log
)

func secrets() []Secret {
	return []Secret{SecretMatching, SecretReceipt, SecretForm, SecretCSRF, SecretPins, SecretAudit}
}

// Ring holds the keys of one key folder. It is read-only and safe for
// concurrent use.
type Ring struct {
	secrets map[Secret][]byte
	current map[string]Recipient                  // unit code → newest key
	private map[string]map[string]hpke.PrivateKey // unit code → key id → key
}

// Secret returns 32 bytes, or none of a secret that is held elsewhere; callers
// do not change them.
func (r *Ring) Secret(name Secret) []byte { return r.secrets[name] }

// Desk returns where to address envelopes for the unit; false when it has no key.
func (r *Ring) Desk(unit string) (Recipient, bool) {
	to, ok := r.current[unit]
	return to, ok
}

// Private returns the unit's private key of that id; false where this folder
// does not hold it.
func (r *Ring) Private(unit, keyID string) (hpke.PrivateKey, bool) {
	key, ok := r.private[unit][keyID]
	return key, ok
}
