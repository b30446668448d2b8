package barred

import (
	"time"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Mark is what somebody in an application states about themselves. Token is of their
// document, "" without one.
type Mark struct {
	Token                string
	Last4                string
	NameLatin, NameLocal string
	BornOn               string // YYYY-MM-DD, "" where it is not stated
}

// Hit is somebody in the register of barred people who is meant.
type Hit struct {
	Person uuid.UUID
	// Document: by the document; else by a name and the birth date with it.
	Document bool
	Shown    string // what the application states; of a document its last characters
}

// Match finds those of the marks who are barred on the day, each person once by each
// way, within the caller's transaction. A name is compared in its own script, and finds
// nobody without the birth date.
func Match(tx postgres.Tx, marks []Mark, day time.Time) ([]Hit, error) {
	var hits []Hit
	seen := map[Hit]bool{}
	add := func(keys []uuid.UUID, document bool, shown string) {
		for _, key := range keys {
			if h := (Hit{key, document, shown}); !seen[h] {
				seen[h] = true
				hits = append(hits, h)
			}
		}
	}
	for _, m := range marks {
		if m.Token != "" {
			keys, err := byDocument(tx, m.Token, day)
			if err != nil {
				return nil, err
			}
			add(keys, true, "•••• "+m.Last4)
		}
		for _, name := range []string{m.NameLatin, m.NameLocal} {
			folded := matching.Fold(name)
			if folded == "" || m.BornOn == "" {
				continue
			}
			keys, err := byName(tx, folded, m.BornOn, day)
			if err != nil {
				return nil, err
			}
			add(keys, false, name+", "+m.BornOn)
		}
	}
	return hits, nil
}
