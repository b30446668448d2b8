package audit

import (
	"cmp"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// frontier is the right edge of a tree that grows: the roots of the complete
// subtrees, at most one a level, and the tiles that are being filled.
type frontier struct {
	size    int64
	edge    []node
	filling [8][]byte
	// tile is given each tile that is full.
	tile func(tileID, []byte)
	// recent are the ids of the entries of the last places, so that a finding
	// can name one; checked are the partial tiles that the record holds.
	recent  [2 * tileWidth]string
	checked [8]bool
}

type node struct {
	level int
	hash  tlog.Hash
}

func (f *frontier) add(h tlog.Hash, object string) {
	f.recent[f.size%int64(len(f.recent))] = object
	for level := 0; ; level++ {
		if level%tileHeight == 0 {
			f.fill(level/tileHeight, h)
		}
		last := len(f.edge) - 1
		if last < 0 || f.edge[last].level != level {
			f.edge = append(f.edge, node{level, h})
			break
		}
		h = tlog.NodeHash(f.edge[last].hash, h)
		f.edge = f.edge[:last]
	}
	f.size++
}

func (f *frontier) fill(level int, h tlog.Hash) {
	f.filling[level] = append(f.filling[level], h[:]...)
	if len(f.filling[level]) == tileWidth*tlog.HashSize {
		f.tile(tileID{level, f.size >> (tileHeight * (level + 1))}, f.filling[level])
		f.filling[level] = nil
	}
}

func (f *frontier) root() tlog.Hash {
	if len(f.edge) == 0 {
		return tlog.Hash{}
	}
	last := len(f.edge) - 1
	h := f.edge[last].hash
	for i := last - 1; i >= 0; i-- {
		h = tlog.NodeHash(f.edge[i].hash, h)
	}
	return h
}

// partial is what is there of the last tile of a level, nil for any other.
func (f *frontier) partial(id tileID) []byte {
	if id.Level < 0 || id.Level >= len(f.filling) || id.N != f.size>>(tileHeight*(id.Level+1)) {
		return nil
	}
	return f.filling[id.Level]
}

func (f *frontier) compared(id tileID) {
	if f.partial(id) != nil {
		f.checked[id.Level] = true
	}
}

// object names the entry of a place that is not long ago.
func (f *frontier) object(place int64, level int) string {
	if level > 0 || place >= f.size || place < f.size-int64(len(f.recent)) {
		return ""
	}
	return f.recent[place%int64(len(f.recent))]
}

// checkpoint takes one of the record's own.
func (v *verifier) checkpoint(text string) {
	c, err := OpenCheckpoint([]byte(text), v.key)
	if err != nil {
		v.find(Finding{FoundSignature, -1, "", "a checkpoint of the record " + errNotACheckpoint.Error()})
		return
	}
	v.report.Checkpoints++
	delete(v.missing, c.Size)
	v.waiting = append(v.waiting, signed{Checkpoint: c})
	v.reached()
}

// reached compares the checkpoints of the size that the tree has just now.
func (v *verifier) reached() {
	passed := false
	for len(v.waiting) > 0 && v.waiting[0].Size <= v.front.size {
		passed = true
		v.compare(v.waiting[0])
		v.waiting = v.waiting[1:]
	}
	for v.next < len(v.witnessed) && v.witnessed[v.next].Size <= v.front.size {
		passed = true
		v.compare(v.witnessed[v.next])
		v.next++
	}
	if passed {
		v.padded = false
	}
}

func (v *verifier) compare(c signed) {
	if v.broken {
		return
	}
	if v.padded && c.At.After(v.lastAt) {
		v.lastAt = c.At
	}
	if c.Size == v.front.size && c.Root == v.front.root() {
		if c.outside {
			v.report.WitnessedLeaves, v.report.WitnessedAt = c.Size, c.At
		}
		v.good = max(v.good, c.Size)
		return
	}
	// After the first, every later one differs too.
	if v.found[FoundTree] == 0 {
		v.find(Finding{FoundTree, v.good, "", fmt.Sprintf("the leaves from %d to %d are not those of the checkpoint of %s", v.good, c.Size-1, c.At.Format("2006-01-02 15:04"))})
	}
}

// end looks at what is left over.
func (v *verifier) end() Report {
	if ahead := slices.Concat(v.witnessed[v.next:], v.waiting); len(ahead) > 0 {
		c := ahead[0]
		v.find(Finding{FoundCut, v.front.size, "", fmt.Sprintf("the checkpoint of %s has %d leaves, the record %d", c.At.Format("2006-01-02 15:04"), c.Size, v.front.size)})
	}
	if !v.broken {
		for id := range v.stored {
			v.find(Finding{FoundHash, id.N << (tileHeight * (id.Level + 1)), "", "stored hashes are missing"})
		}
		for level, data := range v.front.filling {
			if len(data) > 0 && !v.front.checked[level] {
				v.find(Finding{FoundHash, v.front.size - 1, "", "the last stored hashes are missing"})
			}
		}
	}
	for size := range v.missing {
		v.find(Finding{FoundCheckpoint, size - 1, "", "a witness holds it"})
	}
	// What names an entry says most.
	slices.SortStableFunc(v.report.Findings, func(a, b Finding) int {
		if named := cmp.Compare(min(len(b.Object), 1), min(len(a.Object), 1)); named != 0 {
			return named
		}
		return cmp.Compare(uint64(a.Position), uint64(b.Position)) // those without a place last
	})
	v.report.Leaves = v.front.size
	if !v.broken {
		v.report.Root = v.front.root().String()
	}
	return v.report
}
