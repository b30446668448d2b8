package audit

// line is one part of the log in the order in which it is verified, and one
// line of an export. Exactly one field is set; a place whose entry is gone has
// a position alone.
//
// Entries and padding come by position. A checkpoint comes before the leaf that
// reaches its size, a tile of the lowest level after its last leaf, the other
// tiles after all leaves, and entries without a place at the end.
type line struct {
	Position   *int64   `json:"position,omitempty"`
	Entry      *record  `json:"entry,omitempty"`
	Padding    *padding `json:"padding,omitempty"`
	Checkpoint *string  `json:"checkpoint,omitempty"`
	Tile       *tile    `json:"tile,omitempty"`
}

// tile is a stored tile.
type tile struct {
	tileID

	Hashes []byte `json:"hashes"`
}

// pages reads something in pages, so that no more than one page of it is in
// memory, and lets the reader look at the next before taking it.
type pages[T any] struct {
	// read returns what comes after the last one, nil before the first.
	read func(after *T) ([]T, error)
	page []T
	last *T
	done bool
}

func (p *pages[T]) peek() (*T, error) {
	if len(p.page) == 0 && !p.done {
		page, err := p.read(p.last)
		if err != nil {
			return nil, err
		}
		p.page, p.done = page, len(page) == 0
	}
	if len(p.page) == 0 {
		return nil, nil //nolint:nilnil // the end is no error
	}
	return &p.page[0], nil
}

func (p *pages[T]) take() {
	p.last = &p.page[0]
	p.page = p.page[1:]
}
