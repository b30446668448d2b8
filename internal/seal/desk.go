package seal

import (
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// Desk is a desk's key, unlocked. Its private half has no way out of this
// package but wrapped to a member, or split among recovery holders.
type Desk struct {
	unit, id string
	key      hpke.PrivateKey
}

// NewDesk draws the key of that sequence, from 1 on, for the unit of that code.
func NewDesk(unit string, sequence int) (Desk, error) {
	key, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		return Desk{}, fmt.Errorf("draw desk key: %w", err)
	}
	return Desk{unit: unit, id: strconv.Itoa(sequence) + "-" + fingerprint(key.PublicKey()), key: key}, nil
}

func fingerprint(pub hpke.PublicKey) string {
	sum := sha256.Sum256(pub.Bytes())
	return hex.EncodeToString(sum[:8])
}

// ID names the key: its sequence and the fingerprint of its public half.
func (d Desk) ID() string { return d.id }

// Locked reports whether this is the zero Desk, which opens nothing.
func (d Desk) Locked() bool { return d.key == nil }

// Recipient is what envelopes to the desk are addressed to.
func (d Desk) Recipient() Recipient {
	return Recipient{Name: d.unit, KeyID: d.id, Key: d.key.PublicKey()}
}

// ReadDesk reads a desk's public half as stored. One that its id does not name
// is ErrSealed.
func ReadDesk(unit, keyID string, public []byte) (Recipient, error) {
	key, err := hpke.MLKEM768X25519().NewPublicKey(public)
	if err != nil || !strings.HasSuffix(keyID, "-"+fingerprint(key)) {
		return Recipient{}, ErrSealed
	}
	return Recipient{Name: unit, KeyID: keyID, Key: key}, nil
}

// readPrivate checks that the bytes are the private half of the key so named:
// HPKE does not say who wrapped it.
func readPrivate(unit, keyID string, private []byte) (Desk, error) {
	key, err := hpke.MLKEM768X25519().NewPrivateKey(private)
	if err != nil || !strings.HasSuffix(keyID, "-"+fingerprint(key.PublicKey())) {
		return Desk{}, ErrSealed
	}
	return Desk{unit: unit, id: keyID, key: key}, nil
}

// Open opens the desk's envelope of the complaint, or gives ErrSealed.
func (d Desk) Open(complaint uuid.UUID, envelope []byte) (Opened, error) {
	if d.Locked() {
		return Opened{}, ErrSealed
	}
	return Open(d.key, complaint, d.unit, d.id, envelope)
}

// WrapFor closes the private half to a member of the desk.
func (d Desk) WrapFor(to MemberPublic) ([]byte, error) {
	private, err := d.private()
	if err != nil {
		return nil, err
	}
	return to.SealTo(private, "desk key", []byte(d.unit), []byte(d.id))
}

// UnwrapDesk opens what WrapFor closed to that member. Another unit's or key's
// wrap, or one that holds another key than it says, is ErrSealed.
func UnwrapDesk(m Member, unit, keyID string, wrapped []byte) (Desk, error) {
	private, err := m.OpenFrom(wrapped, "desk key", []byte(unit), []byte(keyID))
	if err != nil {
		return Desk{}, err
	}
	return readPrivate(unit, keyID, private)
}

func (d Desk) private() ([]byte, error) {
	if d.Locked() {
		return nil, ErrSealed
	}
	private, err := d.key.Bytes()
	if err != nil {
		return nil, fmt.Errorf("write desk key: %w", err)
	}
	return private, nil
}
