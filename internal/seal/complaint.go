package seal

import (
	"crypto/hpke"
	"crypto/rand"
	"fmt"

	"github.com/google/uuid"
)

// Recipient is somebody an envelope can be addressed to: a desk, by the code of
// its unit, or "reporter".
type Recipient struct {
	Name  string
	KeyID string // which of the recipient's keys
	Key   hpke.PublicKey
}

// Complaint seals the items of one new complaint. It holds the data keys in
// memory only and is not safe for concurrent use.
type Complaint struct {
	id   uuid.UUID
	keys dataKeys
}

// dataKeys maps items to their keys. It has no exported way out but envelopes.
type dataKeys map[Item][KeySize]byte

// New begins to seal the complaint.
func New(complaint uuid.UUID) *Complaint {
	return &Complaint{id: complaint, keys: dataKeys{}}
}

// Put seals one item under a fresh data key and the shred key, and returns its
// ciphertext, padded to a multiple of 4 KiB. Both keys are needed to open it:
// the one is in envelopes, the other in the store of shred keys alone. An item
// can be put once.
func (c *Complaint) Put(item Item, shred [KeySize]byte, plaintext []byte) ([]byte, error) {
	if _, twice := c.keys[item]; twice {
		return nil, fmt.Errorf("seal: item is already sealed")
	}
	var key [KeySize]byte
	if _, err := rand.Read(key[:]); err != nil {
		return nil, fmt.Errorf("draw data key: %w", err)
	}
	at := place(c.id, item, Schema)
	aead, err := itemCipher(key, shred, at)
	if err != nil {
		return nil, err
	}
	c.keys[item] = key
	return aead.Seal(nil, nil, pad(plaintext), at), nil //nolint:gosec // G407: the cipher draws its own nonce
}

// EnvelopeFor returns the envelope that lets the recipient open these items and
// no other. An item that was not put is an error.
func (c *Complaint) EnvelopeFor(to Recipient, items ...Item) ([]byte, error) {
	held := dataKeys{}
	for _, item := range items {
		key, ok := c.keys[item]
		if !ok {
			return nil, fmt.Errorf("seal: envelope names an item that was not sealed")
		}
		held[item] = key
	}
	return sealTo(to, address(c.id, to.Name, to.KeyID), encodeKeys(held))
}

// sealTo makes an envelope at that address.
func sealTo(to Recipient, address, keys []byte) ([]byte, error) {
	sealed, err := hpke.Seal(to.Key, hpke.HKDFSHA256(), hpke.AES256GCM(), address, keys)
	if err != nil {
		return nil, fmt.Errorf("seal envelope: %w", err)
	}
	return append([]byte{envelopeVersion}, sealed...), nil
}
