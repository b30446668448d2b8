package seal

import (
	"bytes"
	"crypto/hpke"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
)

// parts of a split key: key = part 0 ⊕ part 1 ⊕ part 2.
const keyParts = 3

// Share is what one holder keeps of another desk's key: two of the three parts.
// One share tells nothing of the key; any two of different holders are all of
// it (replicated secret sharing, Ito, Saito and Nishizeki 1987).
type Share struct {
	unit, keyID string
	missing     int // the part that this share lacks
	parts       [2][]byte
}

// Split closes a share of the desk's key to each holder, in their order. Two or
// three holders can be given.
func (d Desk) Split(holders []Recipient) ([][]byte, error) {
	private, err := d.private()
	if err != nil {
		return nil, err
	}
	if len(holders) < 2 || len(holders) > keyParts {
		return nil, fmt.Errorf("seal: a key is split among two or three holders, not %d", len(holders))
	}
	all := make([][]byte, keyParts)
	last := bytes.Clone(private)
	for i := range keyParts - 1 {
		all[i] = make([]byte, len(private))
		if _, err := rand.Read(all[i]); err != nil {
			return nil, fmt.Errorf("draw part: %w", err)
		}
		subtle.XORBytes(last, last, all[i])
	}
	all[keyParts-1] = last
	var sealed [][]byte
	for i, holder := range holders {
		s := Share{unit: d.unit, keyID: d.id, missing: i, parts: [2][]byte{all[(i+1)%keyParts], all[(i+2)%keyParts]}}
		closed, err := s.SealTo(holder)
		if err != nil {
			return nil, err
		}
		sealed = append(sealed, closed)
	}
	return sealed, nil
}

// SealTo closes the share to the holder's key.
func (s Share) SealTo(holder Recipient) ([]byte, error) {
	sealed, err := hpke.Seal(holder.Key, hpke.HKDFSHA256(), hpke.AES256GCM(), s.forHolder(holder.Name, holder.KeyID), s.bytes())
	if err != nil {
		return nil, fmt.Errorf("seal share: %w", err)
	}
	return sealed, nil
}

// OpenShare opens the holder's share of another desk's key, or gives ErrSealed.
func (d Desk) OpenShare(unit, keyID string, sealed []byte) (Share, error) {
	if d.Locked() {
		return Share{}, ErrSealed
	}
	s := Share{unit: unit, keyID: keyID}
	plain, err := hpke.Open(d.key, hpke.HKDFSHA256(), hpke.AES256GCM(), s.forHolder(d.unit, d.id), sealed)
	if err != nil {
		return Share{}, ErrSealed
	}
	return s.read(plain)
}

// ContributeTo closes the share to the member who restores the key.
func (s Share) ContributeTo(member MemberPublic) ([]byte, error) {
	return member.SealTo(s.bytes(), "desk share", []byte(s.unit), []byte(s.keyID))
}

// JoinDesk restores a desk's key from what two holders contributed to the
// member. What does not give the key of that name is ErrSealed.
func JoinDesk(m Member, unit, keyID string, contributions [][]byte) (Desk, error) {
	var parts [keyParts][]byte
	for _, sealed := range contributions {
		plain, err := m.OpenFrom(sealed, "desk share", []byte(unit), []byte(keyID))
		if err != nil {
			return Desk{}, err
		}
		s, err := Share{unit: unit, keyID: keyID}.read(plain)
		if err != nil {
			return Desk{}, err
		}
		for i, part := range s.parts {
			at := (s.missing + 1 + i) % keyParts
			if parts[at] != nil && !bytes.Equal(parts[at], part) {
				return Desk{}, ErrSealed // of two different splittings
			}
			parts[at] = part
		}
	}
	private := make([]byte, len(parts[0]))
	for _, part := range parts {
		if len(part) == 0 || len(part) != len(private) {
			return Desk{}, ErrSealed
		}
		subtle.XORBytes(private, private, part)
	}
	return readPrivate(unit, keyID, private)
}

func (s Share) forHolder(holder, holderKey string) []byte {
	return bind("fairpassage/share/1", []byte(s.unit), []byte(s.keyID), []byte(holder), []byte(holderKey))
}

func (s Share) bytes() []byte {
	return bind("fairpassage/parts/1", []byte{byte(s.missing)}, s.parts[0], s.parts[1])
}

func (s Share) read(plain []byte) (Share, error) {
	read, ok := unbind("fairpassage/parts/1", plain, 3)
	if !ok || len(read[0]) != 1 || int(read[0][0]) >= keyParts {
		return Share{}, ErrSealed
	}
	s.missing, s.parts = int(read[0][0]), [2][]byte{read[1], read[2]}
	return s, nil
}
