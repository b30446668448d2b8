package seal

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"
)

// Member is a person's own key, unlocked: with it the person opens the desk
// keys that were wrapped for them, and signs what they decide. It follows from
// a seed of 32 bytes and lives in memory and under a session's token only.
type Member struct {
	id   string
	seed []byte
	key  hpke.PrivateKey
	sign ed25519.PrivateKey
}

// MemberPublic is what others may know of a member's key.
type MemberPublic struct {
	ID   string // fingerprint of both keys
	Key  hpke.PublicKey
	Sign ed25519.PublicKey
}

// NewMember draws a member's key.
func NewMember() (Member, error) {
	seed := make([]byte, KeySize)
	if _, err := rand.Read(seed); err != nil {
		return Member{}, fmt.Errorf("draw member key: %w", err)
	}
	return memberFrom(seed)
}

func memberFrom(seed []byte) (Member, error) {
	if len(seed) != KeySize {
		return Member{}, ErrSealed
	}
	m := Member{seed: seed}
	part, err := hkdf.Key(sha256.New, seed, nil, "fairpassage/member/1/open", KeySize)
	if err != nil {
		return Member{}, fmt.Errorf("derive member key: %w", err)
	}
	if m.key, err = hpke.MLKEM768X25519().DeriveKeyPair(part); err != nil {
		return Member{}, fmt.Errorf("derive member key: %w", err)
	}
	if part, err = hkdf.Key(sha256.New, seed, nil, "fairpassage/member/1/sign", ed25519.SeedSize); err != nil {
		return Member{}, fmt.Errorf("derive member key: %w", err)
	}
	m.sign = ed25519.NewKeyFromSeed(part)
	m.id = m.Public().ID
	return m, nil
}

// ID names the key; it changes when the person gets another.
func (m Member) ID() string { return m.id }

// Locked reports whether this is the zero Member, which opens and signs nothing.
func (m Member) Locked() bool { return len(m.seed) == 0 }

// Public returns the public halves.
func (m Member) Public() MemberPublic {
	p := MemberPublic{Key: m.key.PublicKey(), Sign: m.sign.Public().(ed25519.PublicKey)} // by ed25519's contract
	sum := sha256.Sum256(bind("fairpassage/member/1/id", p.Key.Bytes(), p.Sign))
	p.ID = fmt.Sprintf("m-%x", sum[:8])
	return p
}

// Bytes writes the public halves, for storing.
func (p MemberPublic) Bytes() []byte { return bind("fairpassage/member/1", p.Key.Bytes(), p.Sign) }

// ReadMemberPublic reads what Bytes wrote, or gives ErrSealed.
func ReadMemberPublic(data []byte) (MemberPublic, error) {
	parts, ok := unbind("fairpassage/member/1", data, 2)
	if !ok || len(parts[1]) != ed25519.PublicKeySize {
		return MemberPublic{}, ErrSealed
	}
	key, err := hpke.MLKEM768X25519().NewPublicKey(parts[0])
	if err != nil {
		return MemberPublic{}, ErrSealed
	}
	p := MemberPublic{Key: key, Sign: ed25519.PublicKey(parts[1])}
	sum := sha256.Sum256(bind("fairpassage/member/1/id", p.Key.Bytes(), p.Sign))
	p.ID = fmt.Sprintf("m-%x", sum[:8])
	return p, nil
}

// Wrap closes the member's key under a key of 32 bytes that follows from the
// person's passphrase.
func (m Member) Wrap(person uuid.UUID, under []byte) ([]byte, error) {
	box, err := NewBox(under, "member")
	if err != nil {
		return nil, err
	}
	return box.Seal(m.seed, person[:]), nil
}

// UnwrapMember opens what Wrap closed, or gives ErrSealed.
func UnwrapMember(person uuid.UUID, under, wrapped []byte) (Member, error) {
	return openMember(under, "member", person, wrapped)
}

// ToSession closes the member's key under a session's token, of which the
// server keeps a hash only: without the person's next request nobody opens it.
func (m Member) ToSession(token string, person uuid.UUID) ([]byte, error) {
	box, err := NewBox([]byte(token), "member session")
	if err != nil {
		return nil, err
	}
	return box.Seal(m.seed, person[:]), nil
}

// MemberFromSession opens what ToSession closed, or gives ErrSealed.
func MemberFromSession(token string, person uuid.UUID, sealed []byte) (Member, error) {
	return openMember([]byte(token), "member session", person, sealed)
}

func openMember(secret []byte, purpose string, person uuid.UUID, sealed []byte) (Member, error) {
	box, err := NewBox(secret, purpose)
	if err != nil {
		return Member{}, ErrSealed
	}
	seed, err := box.Open(sealed, person[:])
	if err != nil {
		return Member{}, err
	}
	return memberFrom(seed)
}

// Sign signs the statement for that purpose, a word of the code.
func (m Member) Sign(purpose string, statement []byte) ([]byte, error) {
	if m.Locked() {
		return nil, ErrSealed
	}
	return ed25519.Sign(m.sign, bind("fairpassage/signed/1/"+purpose, statement)), nil
}

// Signed reports whether signature is the member's, of that statement for that
// purpose.
func (p MemberPublic) Signed(purpose string, statement, signature []byte) bool {
	return len(p.Sign) == ed25519.PublicKeySize && ed25519.Verify(p.Sign, bind("fairpassage/signed/1/"+purpose, statement), signature)
}

// SealTo closes bytes to the member, bound to purpose and context.
func (p MemberPublic) SealTo(plain []byte, purpose string, context ...[]byte) ([]byte, error) {
	sealed, err := hpke.Seal(p.Key, hpke.HKDFSHA256(), hpke.AES256GCM(), bind("fairpassage/to-member/1/"+purpose, context...), plain)
	if err != nil {
		return nil, fmt.Errorf("seal to member: %w", err)
	}
	return sealed, nil
}

// OpenFrom opens what SealTo closed for this member, or gives ErrSealed.
func (m Member) OpenFrom(sealed []byte, purpose string, context ...[]byte) ([]byte, error) {
	if m.Locked() {
		return nil, ErrSealed
	}
	plain, err := hpke.Open(m.key, hpke.HKDFSHA256(), hpke.AES256GCM(), bind("fairpassage/to-member/1/"+purpose, context...), sealed)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}
