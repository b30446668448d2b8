package seal

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/google/uuid"
)

// Item names one sealed part of a complaint, as the table complaint_items does.
type Item string

// The items that no person is part of.
const (
	Answers   Item = "answers"
	Narrative Item = "narrative"
)

// Identity is who the person is: "reporter", "worker".
func Identity(person string) Item { return Item("identity:" + person) }

// Contact is how the person can be reached.
func Contact(person string) Item { return Item("contact:" + person) }

// Schema is the version of what items hold. It is stored beside each item and
// bound into it.
const Schema = 1

// keyVersion is the version of an item's data key: items are never sealed twice
// under one complaint, so there is only the first.
const keyVersion = 1

// place is the context an item's ciphertext is bound to.
func place(complaint uuid.UUID, item Item, schema int) []byte {
	return bind("fairpassage/item/2", complaint[:], []byte(item), number(schema), number(keyVersion))
}

// itemCipher is the cipher of an item at its place. Its key follows from the
// data key and the shred key, by HKDF (RFC 5869) with the shred key as salt:
// without either of them the other is worth nothing.
func itemCipher(key, shred [KeySize]byte, at []byte) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, key[:], shred[:], string(at), KeySize)
	if err != nil {
		return nil, fmt.Errorf("derive item key: %w", err)
	}
	return gcm(derived)
}

// address is the context an envelope is bound to.
func address(complaint uuid.UUID, recipient, keyID string) []byte {
	return bind("fairpassage/envelope/1", complaint[:], []byte(recipient), []byte(keyID))
}

// bind writes the purpose and the parts, each after its length, so that no two
// lists of parts give the same bytes.
func bind(purpose string, parts ...[]byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(purpose)))
	out = append(out, purpose...)
	for _, p := range parts {
		out = binary.BigEndian.AppendUint32(out, uint32(len(p)))
		out = append(out, p...)
	}
	return out
}

// unbind reads what bind wrote for that purpose and that many parts.
func unbind(purpose string, data []byte, count int) (parts [][]byte, ok bool) {
	for range count + 1 {
		if len(data) < 4 {
			return nil, false
		}
		size := uint64(binary.BigEndian.Uint32(data))
		if data = data[4:]; uint64(len(data)) < size {
			return nil, false
		}
		parts, data = append(parts, data[:size]), data[size:]
	}
	return parts[1:], len(data) == 0 && string(parts[0]) == purpose
}

func number(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
