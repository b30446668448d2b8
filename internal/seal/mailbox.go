package seal

import (
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"
)

// Reporter is the recipient's name of the person who complains.
const Reporter = "reporter"

// mailboxKeyID names the only key that a receipt gives.
const mailboxKeyID = "receipt-1"

// Mailbox is the reporter's key pair. It follows from the receipt code alone
// and is stored nowhere.
type Mailbox struct{ key hpke.PrivateKey }

// MailboxOf derives the mailbox from a receipt code, 115 random bits or more.
// The same code gives the same mailbox for ever.
func MailboxOf(code string) (Mailbox, error) {
	seed, err := hkdf.Key(sha256.New, []byte(code), nil, "fairpassage/mailbox/1", KeySize)
	if err != nil {
		return Mailbox{}, fmt.Errorf("derive mailbox: %w", err)
	}
	return mailboxFrom(seed)
}

func mailboxFrom(seed []byte) (Mailbox, error) {
	key, err := hpke.MLKEM768X25519().DeriveKeyPair(seed)
	if err != nil {
		return Mailbox{}, fmt.Errorf("derive mailbox: %w", err)
	}
	return Mailbox{key: key}, nil
}

// Recipient returns what envelopes to the mailbox are addressed to.
func (m Mailbox) Recipient() Recipient {
	return Recipient{Name: Reporter, KeyID: mailboxKeyID, Key: m.key.PublicKey()}
}

// Open opens the reporter's envelope of the complaint.
func (m Mailbox) Open(complaint uuid.UUID, envelope []byte) (Opened, error) {
	return Open(m.key, complaint, Reporter, mailboxKeyID, envelope)
}

// ToSession closes the mailbox under a session's token, of which the server
// keeps a hash only: without the visitor's next request nobody opens it.
func (m Mailbox) ToSession(token string, complaint uuid.UUID) ([]byte, error) {
	private, err := m.key.Bytes()
	if err != nil {
		return nil, fmt.Errorf("write mailbox key: %w", err)
	}
	box, err := NewBox([]byte(token), "mailbox")
	if err != nil {
		return nil, err
	}
	return box.Seal(private, complaint[:]), nil
}

// FromSession opens what ToSession closed, or gives ErrSealed.
func FromSession(token string, complaint uuid.UUID, sealed []byte) (Mailbox, error) {
	box, err := NewBox([]byte(token), "mailbox")
	if err != nil {
		return Mailbox{}, ErrSealed
	}
	private, err := box.Open(sealed, complaint[:])
	if err != nil {
		return Mailbox{}, err
	}
	key, err := hpke.MLKEM768X25519().NewPrivateKey(private)
	if err != nil {
		return Mailbox{}, ErrSealed
	}
	return Mailbox{key: key}, nil
}
