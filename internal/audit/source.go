package audit

import (
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// source reads the log out of the record, in order. All of it happens in one
// transaction, so that what is written meanwhile does not disturb.
type source struct {
	tx          postgres.Tx
	leaves      pages[placedRow]
	paddings    pages[padding]
	checkpoints pages[checkpointRow]
	tiles       pages[tile]
	others      pages[tile]
	loose       pages[record]
}

func newSource(tx postgres.Tx) *source {
	s := &source{tx: tx}
	s.leaves.read = func(after *placedRow) ([]placedRow, error) {
		if after == nil {
			return findPlaced(tx, first)
		}
		return findPlaced(tx, after.Position)
	}
	s.paddings.read = func(after *padding) ([]padding, error) {
		if after == nil {
			return findPaddings(tx, first)
		}
		return findPaddings(tx, after.First)
	}
	s.checkpoints.read = func(after *checkpointRow) ([]checkpointRow, error) {
		if after == nil {
			return findCheckpoints(tx, first)
		}
		return findCheckpoints(tx, after.Size)
	}
	s.tiles.read = func(after *tile) ([]tile, error) {
		if after == nil {
			return findTiles(tx, tileID{0, first}, true)
		}
		return findTiles(tx, after.tileID, true)
	}
	s.others.read = func(after *tile) ([]tile, error) {
		if after == nil {
			return findTiles(tx, tileID{1, first}, false)
		}
		return findTiles(tx, after.tileID, false)
	}
	s.loose.read = func(after *record) ([]record, error) { return findLoose(tx, after) }
	return s
}

// first is before every position.
const first = -1

// each calls fn for every line.
func (s *source) each(fn func(line) error) error {
	for {
		l, end, err := s.leaf()
		if err != nil {
			return err
		}
		if l == nil {
			break
		}
		if err := s.signed(end, fn); err != nil {
			return err
		}
		if err := fn(*l); err != nil {
			return err
		}
		if err := s.tiled(end, fn); err != nil {
			return err
		}
	}
	return s.rest(fn)
}

// leaf takes the next entry or run of padding, and says where it ends.
func (s *source) leaf() (*line, int64, error) {
	entry, err := s.leaves.peek()
	if err != nil {
		return nil, 0, err
	}
	pad, err := s.paddings.peek()
	if err != nil {
		return nil, 0, err
	}
	switch {
	case entry == nil && pad == nil:
		return nil, 0, nil
	case pad == nil || (entry != nil && entry.Position <= pad.First):
		s.leaves.take()
		return &line{Position: &entry.Position, Entry: entry.record()}, entry.Position + 1, nil
	default:
		s.paddings.take()
		return &line{Padding: pad}, pad.First + pad.Leaves, nil
	}
}

func (s *source) signed(end int64, fn func(line) error) error {
	for {
		c, err := s.checkpoints.peek()
		if err != nil || c == nil || (end > 0 && c.Size > end) {
			return err
		}
		s.checkpoints.take()
		if err := fn(line{Checkpoint: &c.Note}); err != nil {
			return err
		}
	}
}

func (s *source) tiled(end int64, fn func(line) error) error {
	for {
		t, err := s.tiles.peek()
		if err != nil || t == nil || (end > 0 && (t.N+1)*tileWidth > end) {
			return err
		}
		s.tiles.take()
		if err := fn(line{Tile: t}); err != nil {
			return err
		}
	}
}

func (s *source) rest(fn func(line) error) error {
	const all = 0
	if err := s.signed(all, fn); err != nil {
		return err
	}
	if err := s.tiled(all, fn); err != nil {
		return err
	}
	for {
		t, err := s.others.peek()
		if err != nil {
			return err
		}
		if t == nil {
			break
		}
		s.others.take()
		if err := fn(line{Tile: t}); err != nil {
			return err
		}
	}
	for {
		e, err := s.loose.peek()
		if err != nil || e == nil {
			return err
		}
		s.loose.take()
		if err := fn(line{Entry: e}); err != nil {
			return err
		}
	}
}
