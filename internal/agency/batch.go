package agency

import (
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// batch is rows that are written in one transaction.
type batch struct {
	now      time.Time
	run      uuid.UUID // zero for an entry that no import brings
	rows     int
	last     int // number of the last row
	entries  []numbered
	rejected []Rejection

	// Set by write.
	Created, Updated, Unchanged int
	made                        []Entered
}

type numbered struct {
	row   int
	entry entry
}

// known is what the record holds of an entry's key.
type known struct {
	ID          uuid.UUID
	Source      string
	SourceKey   string
	Fingerprint string
	Number      string // licence number, "" for none
}

func (b *batch) reject(row int, why Reason) {
	b.rejected = append(b.rejected, Rejection{row, why})
}

// write sorts the entries into new, changed and unchanged ones and writes the
// first two. Two batches never run at once, since both may want one address.
func (b *batch) write(tx postgres.Tx) error {
	if err := lockEntering(tx); err != nil {
		return err
	}
	if err := b.dropRepeated(tx); err != nil {
		return err
	}
	found, err := findKnown(tx, b.entries)
	if err != nil {
		return err
	}
	if err := b.dropWrongNumbers(tx, found); err != nil {
		return err
	}
	var fresh, changed []placed
	for _, n := range b.entries {
		at, exists := found[n.entry.Key]
		switch {
		case !exists:
			fresh = append(fresh, placed{id: id.New(), entry: n.entry})
		case at.Fingerprint != n.entry.Fingerprint:
			changed = append(changed, placed{id: at.ID, entry: n.entry, number: at.Number})
		default:
			b.Unchanged++
		}
	}
	if err := giveSlugs(tx, fresh); err != nil {
		return err
	}
	if err := insertAgencies(tx, fresh, b.now); err != nil {
		return err
	}
	if err := updateAgencies(tx, changed, b.now); err != nil {
		return err
	}
	if err := insertDetails(tx, slices.Concat(fresh, changed)); err != nil {
		return err
	}
	b.Created, b.Updated = len(fresh), len(changed)
	for _, p := range fresh {
		b.made = append(b.made, Entered{ID: p.id, Slug: p.slug})
	}
	return nil
}

// placed is an entry with its place in the record.
type placed struct {
	entry
	id     uuid.UUID
	slug   string
	number string // licence number on record already
}

// dropRepeated rejects rows about an agency that this run has met before: which
// of the two is right is not ours to say, and taking turns would make every
// run change the record again.
func (b *batch) dropRepeated(tx postgres.Tx) error {
	if b.run == uuid.Nil {
		return nil
	}
	seen, err := findSeen(tx, b.run, b.entries)
	if err != nil {
		return err
	}
	var once []numbered
	for _, n := range b.entries {
		if first, met := seen[n.entry.Key]; met {
			b.reject(n.row, sameAs(first))
			continue
		}
		seen[n.entry.Key] = n.row
		once = append(once, n)
	}
	b.entries = once
	return insertSeen(tx, b.run, once)
}

// dropWrongNumbers rejects rows whose licence number contradicts the record.
func (b *batch) dropWrongNumbers(tx postgres.Tx, found map[string]known) error {
	holders, err := findHolders(tx, b.entries)
	if err != nil {
		return err
	}
	var right []numbered
	for _, n := range b.entries {
		number, at := n.entry.LicenceNo, found[n.entry.Key]
		holder, held := holders[number]
		switch {
		case number == "":
		case at.Number != "" && at.Number != number:
			b.reject(n.row, ReasonRenamed)
			continue
		case held && (at.ID == uuid.Nil || holder != at.ID):
			b.reject(n.row, ReasonTaken)
			continue
		default:
			// Taken from now on; a new agency has no id yet and no second row.
			holders[number] = at.ID
		}
		right = append(right, n)
	}
	b.entries = right
	return nil
}

// giveSlugs finds each new agency an address that nobody has.
func giveSlugs(tx postgres.Tx, fresh []placed) error {
	var wanted []string
	for _, p := range fresh {
		wanted = append(wanted, p.slugs()...)
	}
	taken, err := findSlugs(tx, wanted)
	if err != nil {
		return err
	}
	for i := range fresh {
		for _, slug := range fresh[i].slugs() {
			if !taken[slug] {
				fresh[i].slug = slug
				taken[slug] = true
				break
			}
		}
	}
	return nil
}
