package screening_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestNothingThatTellsWhoOrWhatExactlyIsWritten(t *testing.T) {
	w := newWorld(t)
	agency, other := w.agency("CANARYNAME Overseas"), w.agency("Sample Manpower")
	var promises []uuid.UUID
	for n, reporter := range []string{"CANARYREPORTER1", "CANARYREPORTER2", "CANARYREPORTER3"} {
		complaint, promise := w.file(told{
			agency: []uuid.UUID{agency, other, agency}[n], reporter: reporter, broker: "CANARYBROKER",
			employer: "CANARYEMPLOYER", said: append(slices.Clone(unpaidAndHeld), overworked...), firstHand: true,
		})
		w.exec(`INSERT INTO complaint_items (complaint_id, item, schema, slot, ciphertext) VALUES ($1, 'narrative', 1, $2, 'CANARYSTORY')`, complaint, n+1)
		promises = append(promises, promise)
	}
	w.screen(promises...)
	if n := w.count(`SELECT count(*) FROM escalations`); n != 3 {
		t.Fatalf("%d escalations, want agency, employer and phone", n)
	}
	for _, canary := range []string{"CANARYNAME", "CANARYREPORTER", "CANARYSTORY"} {
		if strings.Contains(w.everything()+w.log.String(), canary) {
			t.Errorf("%s was written", canary)
		}
	}
	// The subject's own token is its key and stands nowhere else.
	frozen := w.text(`SELECT string_agg(pattern::text, ' ') FROM escalations`) + w.text(`SELECT string_agg(reason::text, ' ') FROM findings`)
	if strings.Contains(frozen, "CANARY") {
		t.Error("a token is in the text of a pattern")
	}
	if strings.Contains(w.text(`SELECT string_agg(a::text, ' ') FROM audit_entries a`)+w.text(`SELECT string_agg(p::text, ' ') FROM promises p`), "CANARY") {
		t.Error("a token is in the audit or in a promise")
	}
}
