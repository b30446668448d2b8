package bench_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// bareDesk does what filing a complaint cannot do without, and nothing else: the
// ciphers, and the inserts in one transaction.
type bareDesk struct {
	app   *sql.DB
	desks []seal.Recipient
	slots *atomic.Int64
}

func newBare(b *testing.B, r *record) bareDesk {
	b.Helper()
	app := r.Super(b)
	app.SetMaxOpenConns(12) // as many as the portal's own pool in tests
	app.SetMaxIdleConns(12)
	bare := bareDesk{app: app, slots: &atomic.Int64{}}
	bare.slots.Store(1 << 40) // far from those of the store
	for _, unit := range []string{"ministry-national", "police-national"} {
		to, err := r.sealing.Public(b.Context(), unit)
		check(b, err)
		bare.desks = append(bare.desks, to)
	}
	return bare
}

// sealed are the items and envelopes of one complaint.
type sealed struct{ items, envelopes [][]byte }

// seal closes five items of 4 KiB and addresses three envelopes, of which the
// reporter's key follows from the receipt.
func (d bareDesk) seal(b *testing.B, complaint uuid.UUID, receipt string) (out sealed) {
	var held []byte
	for range 5 {
		var secret [32]byte
		_, _ = rand.Read(secret[:]) // never fails
		block, err := aes.NewCipher(secret[:])
		errGCM := error(nil)
		var aead cipher.AEAD
		if err == nil {
			aead, errGCM = cipher.NewGCMWithRandomNonce(block)
		}
		if err := errors.Join(err, errGCM); err != nil {
			b.Error(err)
			return out
		}
		out.items = append(out.items, aead.Seal(nil, nil, make([]byte, 4096), complaint[:]))
		held = append(append(held, "identity:worker"...), secret[:]...)
	}
	seed, err := hkdf.Key(sha256.New, []byte(receipt), nil, "bench", 32)
	if err != nil {
		b.Error(err)
	}
	own, err := hpke.MLKEM768X25519().DeriveKeyPair(seed)
	if err != nil {
		b.Error(err)
		return out
	}
	for _, to := range []hpke.PublicKey{own.PublicKey(), d.desks[0].Key, d.desks[1].Key} {
		envelope, err := hpke.Seal(to, hpke.HKDFSHA256(), hpke.AES256GCM(), complaint[:], held)
		if err != nil {
			b.Error(err)
		}
		out.envelopes = append(out.envelopes, envelope)
	}
	return out
}

func (d bareDesk) file(b *testing.B) {
	key := id.New()
	// The receipt's length, not its check: nobody looks it up.
	shut := d.seal(b, key, complaint.NewReceipt().Code())
	if err := d.insert(b, key, shut); err != nil {
		b.Error(err)
	}
}

func (d bareDesk) insert(b *testing.B, key uuid.UUID, shut sealed) error {
	tx, err := d.app.BeginTx(b.Context(), nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	put := func(query string, args ...any) {
		if err == nil {
			_, err = tx.ExecContext(b.Context(), query, append([]any{key}, args...)...)
		}
	}
	nonce, receipt := sha256.Sum256(key[:]), sha256.Sum256(append(key[:], 'r'))
	put(`INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand, danger_now, missing_person,
		never_departed, minor, official, agency_token, employer_token, broker_token, reporter_token, text_signature, country, happened_on, departed,
		fee_usd, debt_usd, wage_usd, who_may_act)
		VALUES ($1, $2, $3, now(), 'received', 'km', 'web', 'family', false, false, false, false, false, false, $4, $5, $6, $7, 42, 'TH', '2026-01-01', true,
		900, 1500, 0, '{labour_desk,police}')`, nonce[:], receipt[:], token('a', 1), token('e', 1), token('b', 1), token('t', 1))
	for _, said := range [][2]string{{"deception", "before"}, {"document_retention", "travel"}, {"document_retention", "work"}, {"wage_withholding", "unsaid"}} {
		put(`INSERT INTO complaint_indicators (complaint_id, indicator, phase) VALUES ($1, $2, $3)`, said[0], said[1])
	}
	for i, item := range []string{"answers", "contact:reporter", "identity:reporter", "identity:worker", "narrative"} {
		put(`INSERT INTO complaint_items (complaint_id, item, schema, slot, ciphertext) VALUES ($1, $2, 1, $3, $4)`, item, d.slots.Add(1), shut.items[i])
	}
	for _, person := range []string{"reporter", "worker"} {
		put(`INSERT INTO complaint_disclosures (complaint_id, person, recipient, basis, given_at) VALUES ($1, $2, 'police-national', 'consent', now())`, person)
	}
	for i, to := range []string{seal.Reporter, "ministry-national", "police-national"} {
		put(`INSERT INTO complaint_envelopes (complaint_id, recipient, key_id, items, envelope) VALUES ($1, $2, 'k', '{answers,identity:worker,identity:reporter}', $3)`, to, shut.envelopes[i])
	}
	put(`INSERT INTO audit_entries (id, actor_kind, action, object_kind, object_id) VALUES ($1, 'public', 'complaint.filed', 'complaint', $1)`)
	put(`INSERT INTO promises (id, topic, subject_id) VALUES ($1, 'complaint.filed', $1)`)
	if err != nil {
		return err
	}
	return tx.Commit()
}
