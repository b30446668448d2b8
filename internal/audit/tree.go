package audit

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Tiles of 256 hashes, as sum.golang.org and the C2SP have them.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// tileID names a tile: the hashes of level tileHeight*Level from n*tileWidth on.
type tileID struct {
	Level int   `json:"level"`
	N     int64 `json:"n"`
}

// tree is the stored tree as one transaction sees it, with what it adds. Adding
// a leaf costs one hash on average and reads the last tile of each level once.
type tree struct {
	size int64
	// read returns a stored tile, or nothing where there is none.
	read  func(tileID) ([]byte, error)
	tiles map[tileID][]byte
	dirty map[tileID]bool
}

func newTree(size int64, read func(tileID) ([]byte, error)) *tree {
	return &tree{size: size, read: read, tiles: map[tileID][]byte{}, dirty: map[tileID]bool{}}
}

func (t *tree) tile(id tileID) ([]byte, error) {
	if data, ok := t.tiles[id]; ok {
		return data, nil
	}
	data, err := t.read(id)
	if err != nil {
		return nil, err
	}
	t.tiles[id] = data
	return data, nil
}

// add appends a leaf.
func (t *tree) add(h tlog.Hash) error {
	place := t.size
	for level := 0; ; level++ {
		id := tileID{level, place >> tileHeight}
		data, err := t.tile(id)
		if err != nil {
			return err
		}
		have := int(place % tileWidth)
		if len(data) < have*tlog.HashSize {
			return fmt.Errorf("%w: tile %d/%d has %d bytes, want %d hashes", errDamaged, id.Level, id.N, len(data), have)
		}
		data = append(data[:have*tlog.HashSize], h[:]...)
		t.tiles[id], t.dirty[id] = data, true
		if have+1 < tileWidth {
			break
		}
		h = subtree(data)
		place >>= tileHeight
	}
	t.size++
	return nil
}

// subtree hashes a full tile to the one hash of the level above.
func subtree(data []byte) tlog.Hash {
	row := make([]tlog.Hash, len(data)/tlog.HashSize)
	for i := range row {
		copy(row[i][:], data[i*tlog.HashSize:])
	}
	for len(row) > 1 {
		for i := range len(row) / 2 {
			row[i] = tlog.NodeHash(row[2*i], row[2*i+1])
		}
		row = row[:len(row)/2]
	}
	return row[0]
}

// ReadHashes makes tree a tlog.HashReader.
func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	all := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		at := tlog.TileForIndex(tileHeight, index)
		data, err := t.tile(tileID{at.L, at.N})
		if err != nil {
			return nil, err
		}
		if all[i], err = tlog.HashFromTile(at, data, index); err != nil {
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	return all, nil
}

// root is the hash of the tree as it was when it had so many leaves.
func (t *tree) root(size int64) (tlog.Hash, error) {
	if size < 1 || size > t.size {
		return tlog.Hash{}, fmt.Errorf("%w: no tree of %d leaves among %d", errDamaged, size, t.size)
	}
	return tlog.TreeHash(size, t)
}
