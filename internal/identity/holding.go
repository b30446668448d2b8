package identity

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Holding is what comes into other hands with an account: what a decision to
// readmit somebody speaks of.
type Holding struct {
	Key string `json:"key"` // the id of the person's current one; "" for none
	// Roles are "UNIT ROLE" each, the unit by its id, in order.
	Roles []string `json:"roles"`
}

// Digest is the SHA-256 of it.
func (h Holding) Digest() []byte {
	sum := sha256.Sum256([]byte(h.Key + "\n" + strings.Join(h.Roles, "\n")))
	return sum[:]
}

// Holding reads what the person's account holds at this moment.
func (p *People) Holding(tx postgres.Tx, person uuid.UUID) (Holding, error) {
	h, err := holding(tx, person)
	if err != nil {
		return Holding{}, fmt.Errorf("read what an account holds: %w", err)
	}
	return h, nil
}

// GenuineVerdict reports whether pin is what PinVerdict gave for this statement
// and signature.
func (p *People) GenuineVerdict(pin, statement, signature []byte) bool {
	return p.pins.Check(pin, verdictPin, statement, signature)
}

// PinVerdict marks a verdict of a decision as one that the portal took. The
// signature alone tells who signed, not that they were asked.
func (p *People) PinVerdict(statement, signature []byte) []byte {
	return p.pins.Pin(verdictPin, statement, signature)
}

const verdictPin = "verdict"
