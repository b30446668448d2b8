package decision

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// purpose separates these signatures from others of the same key.
const purpose = "decision"

// Statement is what the decider signs: everything that the verdict rests on, one
// line each, in this order.
func (d Decision) Statement() []byte {
	var s strings.Builder
	line := func(name string, value any) { fmt.Fprintf(&s, "%s %v\n", name, value) }
	line("decision", d.ID)
	line("kind", d.Kind)
	line("subject", d.Subject)
	line("unit", d.UnitID)
	line("detail", fmt.Sprintf("%x", sha256.Sum256(d.Detail)))
	line("other-unit", d.OtherUnit)
	line("proposed-by", d.ProposedBy)
	line("proposed-in", d.ProposedUnit)
	line("proposed-at", moment(d.ProposedAt))
	line("decided-by", d.DecidedBy)
	line("decided-in", d.DecidedUnit)
	line("decided-at", moment(d.DecidedAt))
	line("verdict", d.State)
	line("reason", fmt.Sprintf("%x", sha256.Sum256([]byte(d.Reason))))
	return []byte(s.String())
}

// moment is as exact as the record keeps it.
func moment(t time.Time) string {
	return t.UTC().Truncate(time.Microsecond).Format("2006-01-02T15:04:05.000000Z")
}
