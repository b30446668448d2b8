package seal

import (
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"
)

const (
	// envelopeVersion is the first byte of every envelope and names the suite.
	envelopeVersion = 1
	// maxItems bounds what a decoded envelope may claim.
	maxItems = 64
)

var errEnvelope = errors.New("seal: envelope cannot be read")

// Opened is an opened envelope: it opens the items that it holds.
type Opened struct {
	complaint uuid.UUID
	keys      dataKeys
}

// Open opens the envelope of that complaint, addressed to that recipient and
// key. Anything that does not fit is ErrSealed.
func Open(key hpke.PrivateKey, complaint uuid.UUID, recipient, keyID string, envelope []byte) (Opened, error) {
	plain, err := openFrom(key, address(complaint, recipient, keyID), envelope)
	if err != nil {
		return Opened{}, ErrSealed
	}
	keys, err := decodeKeys(plain)
	if err != nil {
		return Opened{}, ErrSealed
	}
	return Opened{complaint: complaint, keys: keys}, nil
}

// openFrom opens an envelope at that address.
func openFrom(key hpke.PrivateKey, address, envelope []byte) ([]byte, error) {
	if len(envelope) == 0 || envelope[0] != envelopeVersion {
		return nil, ErrSealed
	}
	plain, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.AES256GCM(), address, envelope[1:])
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Items lists, sorted, what the envelope holds.
func (o Opened) Items() []Item { return slices.Sorted(maps.Keys(o.keys)) }

// Item opens one item's ciphertext with its shred key. An item that the
// envelope does not hold, another shred key, or a ciphertext of another place,
// is ErrSealed.
func (o Opened) Item(item Item, schema int, shred [KeySize]byte, ciphertext []byte) ([]byte, error) {
	key, ok := o.keys[item]
	if !ok {
		return nil, ErrSealed
	}
	at := place(o.complaint, item, schema)
	aead, err := itemCipher(key, shred, at)
	if err != nil {
		return nil, err
	}
	padded, err := aead.Open(nil, nil, ciphertext, at)
	if err != nil {
		return nil, ErrSealed
	}
	plain, err := unpad(padded)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// EnvelopeFor addresses items that the opened envelope holds to somebody else,
// without giving a data key away. An item that it does not hold is ErrSealed.
func (o Opened) EnvelopeFor(to Recipient, items ...Item) ([]byte, error) {
	for _, item := range items {
		if _, held := o.keys[item]; !held {
			return nil, ErrSealed
		}
	}
	return (&Complaint{id: o.complaint, keys: o.keys}).EnvelopeFor(to, items...)
}

// encodeKeys writes the count and then, sorted by name, length, name and key.
func encodeKeys(keys dataKeys) []byte {
	out := []byte{byte(len(keys))}
	for _, item := range slices.Sorted(maps.Keys(keys)) {
		out = binary.BigEndian.AppendUint16(out, uint16(len(item)))
		out = append(out, item...)
		key := keys[item]
		out = append(out, key[:]...)
	}
	return out
}

func decodeKeys(data []byte) (dataKeys, error) {
	if len(data) == 0 || data[0] > maxItems {
		return nil, errEnvelope
	}
	keys := dataKeys{}
	count, data := int(data[0]), data[1:]
	for range count {
		if len(data) < 2 {
			return nil, errEnvelope
		}
		size := int(binary.BigEndian.Uint16(data))
		if data = data[2:]; len(data) < size+KeySize {
			return nil, errEnvelope
		}
		keys[Item(data[:size])] = [KeySize]byte(data[size : size+KeySize])
		data = data[size+KeySize:]
	}
	if len(data) != 0 || len(keys) != count {
		return nil, errEnvelope
	}
	return keys, nil
}
