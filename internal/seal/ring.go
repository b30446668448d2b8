package seal

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
	SecretLicence  Secret = "licence"  // seed of the key that signs certificates
	SecretFiles    Secret = "files"    // wraps the data keys of documents that officials look at
)

func secrets() []Secret {
	return []Secret{SecretMatching, SecretReceipt, SecretForm, SecretCSRF, SecretPins, SecretAudit, SecretLicence, SecretFiles}
}

// Ring holds the secrets of one key folder. It is read-only and safe for
// concurrent use.
type Ring struct{ secrets map[Secret][]byte }

// Secret returns 32 bytes, or none of a secret that is held elsewhere; callers
// do not change them.
func (r *Ring) Secret(name Secret) []byte { return r.secrets[name] }
