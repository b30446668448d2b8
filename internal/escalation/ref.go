package escalation

import (
	"fmt"
	"io"
)

// crockford has no I, L, O and U: read aloud, they are taken for others.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newRef draws what people say on the phone: E-XXXX-XXXX, 40 random bits. It
// tells neither how many there are nor when it was raised.
func newRef(random io.Reader) (string, error) {
	var drawn [8]byte
	if _, err := io.ReadFull(random, drawn[:]); err != nil {
		return "", fmt.Errorf("draw a reference: %w", err)
	}
	for i, b := range drawn {
		drawn[i] = crockford[b&31]
	}
	return fmt.Sprintf("E-%s-%s", drawn[:4], drawn[4:]), nil
}
