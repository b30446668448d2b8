package audit

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

// growth is the log within the transaction that adds to it.
type growth struct {
	random   io.Reader
	tree     *tree
	last     Checkpoint // zero before the first
	multiple int64      // leaves between two checkpoints, or a multiple of them
}

// place gives places to what waits, at most batch of it.
func (g *growth) place(tx postgres.Tx) (int, error) {
	entries, taken, err := takePending(tx, batch)
	if err != nil {
		return 0, err
	}
	if len(entries) == 0 {
		return taken, nil
	}
	if err := g.scatter(tx, int64(len(entries))); err != nil {
		return 0, err
	}
	first := g.tree.size
	for _, e := range entries {
		if err := g.tree.add(e.hash()); err != nil {
			return 0, err
		}
	}
	return taken, insertLeaves(tx, first, entries)
}

// scatter puts some padding before the entries of this second. The place of a
// leaf is told to whoever gets a proof, and would tell how much else was
// written in the same minute. A quarter of the leaves is kept for this.
func (g *growth) scatter(tx postgres.Tx, coming int64) error {
	used := g.tree.size - g.last.Size
	if used+coming > g.multiple {
		return nil // a busy minute hides it well enough
	}
	padded, err := countPadding(tx, g.last.Size)
	if err != nil {
		return err
	}
	room := min(g.multiple/4-padded, g.multiple-used-coming)
	if room < 1 {
		return nil
	}
	n, err := rand.Int(g.random, big.NewInt(room+1))
	if err != nil {
		return fmt.Errorf("draw padding: %w", err)
	}
	return g.pad(tx, n.Int64())
}

// fill pads up to the next multiple.
func (g *growth) fill(tx postgres.Tx) error {
	used := g.tree.size - g.last.Size
	wanted := max(1, (used+g.multiple-1)/g.multiple) * g.multiple
	return g.pad(tx, wanted-used)
}

func (g *growth) pad(tx postgres.Tx, n int64) error {
	if n < 1 {
		return nil
	}
	run := padding{First: g.tree.size, Leaves: n, Seed: make([]byte, seedSize)}
	if _, err := io.ReadFull(g.random, run.Seed); err != nil {
		return fmt.Errorf("draw padding: %w", err)
	}
	for position := run.First; position < run.First+n; position++ {
		if err := g.tree.add(paddingHash(run.Seed, position)); err != nil {
			return err
		}
	}
	return insertPadding(tx, run)
}

const seedSize = 32

// padding is a run of leaves with nothing behind them.
type padding struct {
	First  int64  `json:"first"`
	Leaves int64  `json:"leaves"`
	Seed   []byte `json:"seed"`
}

// save writes the tiles that changed: the last of each level and the full ones
// before it.
func (g *growth) save(tx postgres.Tx) error {
	for id := range g.tree.dirty {
		if err := saveTile(tx, id, g.tree.tiles[id]); err != nil {
			return err
		}
	}
	return nil
}
