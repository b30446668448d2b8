package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Kinds of findings.
const (
	FoundAltered    = "entry altered"
	FoundMissing    = "entry missing"
	FoundOrder      = "places out of order"
	FoundBackdated  = "entry dated back"
	FoundUnplaced   = "entry never placed"
	FoundTree       = "tree altered"
	FoundHash       = "stored hash altered"
	FoundCut        = "log cut or set back"
	FoundSignature  = "checkpoint not signed by this log"
	FoundCheckpoint = "checkpoint missing from the record"
	FoundFork       = "two checkpoints of one size"
)

// Finding is one thing that is wrong.
type Finding struct {
	Kind string `json:"kind"`
	// Position of the leaf where it begins; -1 where it has none.
	Position int64 `json:"position"`
	// Object is the id of the entry, or of what a check is about.
	Object string `json:"object,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// Check is one more thing to verify beside the log, on the same record at the
// same moment: whatever must be backed by a signature. Its findings are the
// log's own.
type Check func(ctx context.Context, tx postgres.Tx) ([]Finding, error)

// Report is what verification found.
type Report struct {
	Entries     int64  `json:"entries"` // placed ones
	Leaves      int64  `json:"leaves"`  // entries and padding
	Root        string `json:"root"`
	Checkpoints int64  `json:"checkpoints"` // signed ones of the record
	Witnessed   int64  `json:"witnessed"`   // checkpoints that witnesses hold
	// The last checkpoint that a witness holds and the log still extends; what
	// is younger is the window in which nobody outside can tell.
	WitnessedLeaves int64     `json:"witnessed_leaves"`
	WitnessedAt     time.Time `json:"witnessed_at,omitzero"`
	// Unwitnessed counts the entries of the window, with or without a place.
	Unwitnessed int64     `json:"unwitnessed"`
	Findings    []Finding `json:"findings"`
	// More counts findings beyond those listed.
	More int64 `json:"more,omitempty"`
}

// Good reports whether nothing was found.
func (r Report) Good() bool { return len(r.Findings) == 0 }

const (
	// longestDeed is how long a transaction may have lasted between the time
	// that its entry bears and its place in the log, a wait of some checkpoints
	// included.
	longestDeed = 15 * time.Minute
	// listed is how many findings of one kind are told one by one.
	listed = 20
)

// verifier recomputes the log, line by line, in memory that does not grow with
// it but for one tile in 256 and what witnesses hold.
type verifier struct {
	key    note.Verifier
	report Report
	found  map[string]int
	front  frontier
	stored map[tileID][]byte // computed, not yet compared
	// broken: a place is missing or taken twice, so no hash after it counts.
	broken    bool
	waiting   []signed // checkpoints of the record, ahead of the leaves
	witnessed []signed // by size
	next      int      // of the witnessed
	good      int64    // leaves of the last checkpoint that is right
	missing   map[int64]bool
	// lastAt is when the last checkpoint was signed before which there was room:
	// what waited then was placed soon after. A full one tells of a backlog.
	lastAt time.Time
	padded bool // since the last checkpoint
}

type signed struct {
	Checkpoint

	outside bool
}

func newVerifier(key note.Verifier, witnessed [][]byte) *verifier {
	v := &verifier{key: key, found: map[string]int{}, stored: map[tileID][]byte{}, missing: map[int64]bool{}}
	v.report.Findings = []Finding{}
	v.front.tile = func(id tileID, data []byte) { v.stored[id] = data }
	for _, text := range witnessed {
		c, err := OpenCheckpoint(text, key)
		if err != nil {
			v.find(Finding{FoundSignature, -1, "", "a witnessed checkpoint " + errNotACheckpoint.Error()})
			continue
		}
		v.witnessed = append(v.witnessed, signed{c, true})
		v.report.Witnessed++
		v.missing[c.Size] = true
	}
	slices.SortStableFunc(v.witnessed, func(a, b signed) int { return int(a.Size - b.Size) })
	for i := 1; i < len(v.witnessed); i++ {
		if a, b := v.witnessed[i-1], v.witnessed[i]; a.Size == b.Size && a.Root != b.Root {
			v.find(Finding{FoundFork, a.Size - 1, "", "the log showed two witnesses different histories"})
		}
	}
	return v
}

func (v *verifier) find(f Finding) {
	if v.found[f.Kind]++; v.found[f.Kind] > listed {
		v.report.More++
		return
	}
	v.report.Findings = append(v.report.Findings, f)
}

// take verifies one line.
func (v *verifier) take(l line) error {
	switch {
	case l.Position != nil:
		v.entry(*l.Position, l.Entry)
	case l.Entry != nil:
		v.loose(*l.Entry)
	case l.Padding != nil:
		v.padding(*l.Padding)
	case l.Checkpoint != nil:
		v.checkpoint(*l.Checkpoint)
	case l.Tile != nil:
		v.tile(*l.Tile)
	default:
		return errExport
	}
	return nil
}

// at checks that the leaf comes next.
func (v *verifier) at(position int64, what string) {
	if position == v.front.size || v.broken {
		return
	}
	v.broken = true
	if position > v.front.size {
		v.find(Finding{FoundMissing, v.front.size, "", fmt.Sprintf("nothing is left of the %d leaves before %d", position-v.front.size, position)})
		return
	}
	v.find(Finding{FoundOrder, position, "", "the place is taken twice, by " + what})
}

func (v *verifier) entry(position int64, e *record) {
	v.at(position, "an entry")
	if e == nil {
		v.broken = true
		v.find(Finding{FoundMissing, position, "", "its place is left"})
		v.front.size = position + 1
		return
	}
	v.report.Entries++
	if position >= v.lastWitnessed() {
		v.report.Unwitnessed++
	}
	if e.At.Before(v.lastAt.Add(-longestDeed)) {
		v.find(Finding{FoundBackdated, position, e.ID.String(), fmt.Sprintf("says %s, placed after the checkpoint of %s", e.At.UTC().Format(time.RFC3339), v.lastAt.Format(time.RFC3339))})
	}
	v.leaf(position, e.hash(), e.ID.String())
}

func (v *verifier) padding(p padding) {
	v.at(p.First, "padding")
	const most = 1 << 20
	if p.Leaves < 1 || p.Leaves > most || len(p.Seed) != seedSize {
		v.broken = true
		v.find(Finding{FoundTree, p.First, "", "a run of padding is none"})
		return
	}
	v.padded = true
	for i := range p.Leaves {
		v.leaf(p.First+i, paddingHash(p.Seed, p.First+i), "")
	}
}

func (v *verifier) leaf(position int64, h tlog.Hash, object string) {
	if v.broken {
		v.front.size = max(v.front.size, position+1)
		return
	}
	v.front.add(h, object)
	v.reached()
}

// lastWitnessed is how many leaves the largest witnessed checkpoint has.
func (v *verifier) lastWitnessed() int64 {
	if len(v.witnessed) == 0 {
		return 0
	}
	return v.witnessed[len(v.witnessed)-1].Size
}

func (v *verifier) loose(e record) {
	v.report.Unwitnessed++
	if e.At.Before(v.lastAt.Add(-longestDeed)) {
		v.find(Finding{FoundUnplaced, -1, e.ID.String(), "says " + e.At.UTC().Format(time.RFC3339)})
	}
}

// tile compares a stored tile with what was computed of it.
func (v *verifier) tile(t tile) {
	if v.broken {
		return
	}
	want, known := v.stored[t.tileID]
	if !known {
		want = v.front.partial(t.tileID)
	}
	delete(v.stored, t.tileID)
	v.front.compared(t.tileID)
	if bytes.Equal(want, t.Hashes) {
		return
	}
	for i := 0; i < max(len(want), len(t.Hashes)); i += tlog.HashSize {
		if i+tlog.HashSize > min(len(want), len(t.Hashes)) || !bytes.Equal(want[i:i+tlog.HashSize], t.Hashes[i:i+tlog.HashSize]) {
			place := (t.N*tileWidth + int64(i/tlog.HashSize)) << (tileHeight * t.Level)
			v.find(Finding{FoundHash, place, v.front.object(place, t.Level), "an entry and its stored hash do not agree"})
			return
		}
	}
}

var errExport = errors.New("is no export of the audit log")
