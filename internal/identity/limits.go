package identity

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
)

// limit is so many attempts in a window, counted in PostgreSQL so that all web
// processes count together. Nothing of who attempts is kept: an account's bucket
// is named by a keyed hash, and no address of the network is read at all.
type limit struct {
	bucket string
	window time.Duration
	most   int
	// shared says that it is one bucket for everybody: it is read before it is
	// written, so that a flood does not queue at one row. Whoever fills it keeps
	// everybody out: none of those who work here depends on one.
	shared bool
}

// A stranger who knows an address fills the bucket of strangers of that account,
// and not the one of a browser that signed in there before: they cannot keep its
// owner out (OWASP, "Slow down online guessing attacks with device cookies").
func fromKnownDevice() limit {
	return limit{bucket: "sign-in device", window: 15 * time.Minute, most: 10}
}
func fromStrangers() limit { return limit{bucket: "sign-in", window: 15 * time.Minute, most: 10} }

// A code of six digits, of which three are right at any moment: 10 tries an hour
// hit once in four years.
func codesKnownDevice() limit {
	return limit{bucket: "code device", window: 15 * time.Minute, most: 10}
}
func codesStrangers() limit { return limit{bucket: "code", window: time.Hour, most: 10} }

func confirmations() limit {
	return limit{bucket: "confirm", window: 15 * time.Minute, most: 10}
}

// receiptsMissed only sheds a flood: a receipt has 115 bits, and nobody guesses
// one. Its window is short since a stranger can fill it.
func receiptsMissed() limit {
	return limit{bucket: "receipts", window: time.Minute, most: 1200, shared: true}
}

// hit is one attempt to be counted.
type hit struct {
	limit   limit
	subject []byte
	at      time.Time // where the window begins
}

func (s *Sessions) hit(l limit, subject ...[]byte) hit {
	return hit{limit: l, subject: s.people.pins.Pin("attempt/"+l.bucket, subject...), at: s.clock.Now().Truncate(l.window)}
}

// take counts the attempts before the work is done and fails closed: when it
// cannot count, nobody gets in. One over any of the limits is a TooMany fault.
func (s *Sessions) take(ctx context.Context, hits ...hit) error {
	err := s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		for _, h := range hits {
			if err := count(tx, h); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("count attempt: %w", err)
	}
	return nil
}

func count(tx postgres.Tx, h hit) error {
	if h.limit.shared {
		if n, err := countAttempts(tx, h); err != nil {
			return err
		} else if n >= h.limit.most {
			return tooMany()
		}
	}
	n, err := addAttempt(tx, h)
	if err != nil {
		return err
	}
	if n > h.limit.most {
		return tooMany()
	}
	return nil
}

func tooMany() error { return fault.New(fault.TooMany, "problem.too_many") }

// missedReceipt counts a receipt that is not on record, and receiptsFlooded
// tells whether too many were missed in this minute. Both fail open: whoever
// comes back to a complaint is let in when nobody can count.
func (s *Sessions) missedReceipt(ctx context.Context) {
	_ = s.db.InTx(ctx, Public(), func(tx postgres.Tx) error { return count(tx, s.hit(receiptsMissed())) })
}

func (s *Sessions) receiptsFlooded(ctx context.Context) bool {
	n, h := 0, s.hit(receiptsMissed())
	err := s.db.Read(ctx, Public(), func(tx postgres.Tx) (err error) {
		n, err = countAttempts(tx, h)
		return err
	})
	return err == nil && n >= h.limit.most
}

// deviceMark is what a browser keeps after its person has signed in: random
// bytes, sealed for that account. It opens nothing; it only names the bucket in
// which attempts from this browser are counted.
func (s *Sessions) deviceMark(email string) (string, error) {
	box, err := s.people.box("device")
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(box.Seal([]byte(newToken()), []byte(email))), nil
}

// device opens the mark, and is nil for a browser that never signed in to this
// account.
func (s *Sessions) device(mark, email string) []byte {
	const longest = 200
	if mark == "" || len(mark) > longest {
		return nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(mark)
	if err != nil {
		return nil
	}
	box, err := s.people.box("device")
	if err != nil {
		return nil
	}
	id, err := box.Open(sealed, []byte(email))
	if err != nil {
		return nil
	}
	return id
}

// signInHits are the buckets of an attempt at the account from the browser with
// that mark. There is none for all accounts together: whoever fills that keeps
// everybody out. What a flood at many accounts costs is bounded by turns.
func (s *Sessions) signInHits(email, mark string) []hit {
	if known := s.device(mark, email); known != nil {
		return []hit{s.hit(fromKnownDevice(), known, []byte(email))}
	}
	return []hit{s.hit(fromStrangers(), []byte(email))}
}

// codeHits are the same for the second step. Only codes of six digits can be
// guessed at all.
func (s *Sessions) codeHits(email, mark string, proof Proof) []hit {
	if !proof.guessable() {
		return nil
	}
	if known := s.device(mark, email); known != nil {
		return []hit{s.hit(codesKnownDevice(), known, []byte(email))}
	}
	return []hit{s.hit(codesStrangers(), []byte(email))}
}

// box seals what the database keeps and must not read, under the key folder.
func (p *People) box(purpose string) (*seal.Box, error) { return p.pins.Box("identity/" + purpose) }
