package shred

// Steps lets a test stop the store between two steps of a write.
func (s *Store) Steps(step func(string) error) { s.step = step }

// The layout, for tests that damage it.
const (
	HeaderSize   = headerSize
	SlotsPerFile = slotsPerFile
	BlockSlots   = blockSlots
)
