package testkit

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"
)

// SecurityKey is a WebAuthn authenticator and its browser in software: one P-256
// credential that is always confirmed by its holder.
type SecurityKey struct {
	Origin string // of the page that asks, as the browser sees it
	Count  uint32 // grows with each use
	id     []byte
	key    *ecdsa.PrivateKey
}

// NewSecurityKey returns a key in a browser that shows a page of that origin.
func NewSecurityKey(t testing.TB, origin string) *SecurityKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &SecurityKey{Origin: origin, id: []byte(rand.Text()), key: key}
}

// Create answers the options of a registration, as JSON.
func (k *SecurityKey) Create(t testing.TB, options string) string {
	t.Helper()
	var asked struct {
		Challenge string `json:"challenge"`
		RP        struct {
			ID string `json:"id"`
		} `json:"rp"`
	}
	read(t, options, &asked)
	public, err := k.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	cose := append([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}, public[1:33]...)
	cose = append(append(cose, 0x22, 0x58, 0x20), public[33:]...)
	data := k.data(asked.RP.ID, 0x45)
	data = append(data, make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.id)))
	data = append(append(data, k.id...), cose...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"), byte(len(data)>>8), byte(len(data)))
	return k.answer(t, map[string]string{
		"clientDataJSON":    url64(k.client(t, "webauthn.create", asked.Challenge)),
		"attestationObject": url64(append(object, data...)),
	})
}

// Get answers the options of a sign-in, as JSON.
func (k *SecurityKey) Get(t testing.TB, options string) string {
	t.Helper()
	var asked struct {
		Challenge string `json:"challenge"`
		RPID      string `json:"rpId"`
	}
	read(t, options, &asked)
	k.Count++
	data, client := k.data(asked.RPID, 0x05), k.client(t, "webauthn.get", asked.Challenge)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.key, signed[:])
	if err != nil {
		t.Fatal(err)
	}
	return k.answer(t, map[string]string{
		"clientDataJSON": url64(client), "authenticatorData": url64(data), "signature": url64(signature),
	})
}

func (k *SecurityKey) data(rp string, flags byte) []byte {
	hash := sha256.Sum256([]byte(rp))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), k.Count)
}

func (k *SecurityKey) client(t testing.TB, kind, challenge string) []byte {
	t.Helper()
	client, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": k.Origin, "crossOrigin": false})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (k *SecurityKey) answer(t testing.TB, response map[string]string) string {
	t.Helper()
	answer, err := json.Marshal(map[string]any{
		"id": url64(k.id), "rawId": url64(k.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

func read(t testing.TB, options string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(options), into); err != nil {
		t.Fatal(err)
	}
}

func url64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
