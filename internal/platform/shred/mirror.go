package shred

import (
	"errors"
	"fmt"
)

var errDiffer = errors.New("the two folders of shred keys hold different keys: keep the one that the record opens with")

// level makes the copies equal, slot by slot. A process may have died between
// two copies, and a disk may have been replaced by an empty one. What one copy
// knows to be destroyed is destroyed in all; where one has a key and another
// nothing, the key is copied.
func (s *Store) level() error {
	if len(s.copies) < 2 {
		_, err := s.upTo() // reads every file's header
		return err
	}
	most := uint32(0)
	for _, f := range s.copies {
		n, err := f.count()
		if err != nil {
			return err
		}
		most = max(most, n)
	}
	if most == 0 {
		return nil
	}
	if err := s.room(most - 1); err != nil {
		return err
	}
	for index := range most {
		if err := s.levelFile(index); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) levelFile(index uint32) error {
	bodies := make([][]byte, len(s.copies))
	for i, f := range s.copies {
		bodies[i] = make([]byte, slotsPerFile*Size)
		if err := f.read(firstOf(index), bodies[i]); err != nil {
			return err
		}
	}
	changed := make([]bool, len(s.copies))
	for n := range slotsPerFile {
		want, err := agreed(bodies, n)
		if err != nil {
			return fmt.Errorf("slot %d: %w", firstOf(index)+int64(n), err)
		}
		for i, f := range s.copies {
			if [Size]byte(bodies[i][n*Size:]) == want {
				continue
			}
			if err := f.write(firstOf(index)+int64(n), want[:]); err != nil {
				return err
			}
			changed[i] = true
		}
	}
	for i, f := range s.copies {
		clear(bodies[i])
		if !changed[i] {
			continue
		}
		if err := f.sync(index); err != nil {
			return err
		}
	}
	return nil
}

// agreed is what the n-th slot shall say in every copy.
func agreed(bodies [][]byte, n int) (want [Size]byte, err error) {
	for _, body := range bodies {
		got := [Size]byte(body[n*Size:])
		switch {
		case got == unused || got == want || want == destroyed:
		case want == unused || got == destroyed:
			want = got
		default:
			// No crash leaves this: a copy is on disk before the next is begun. It
			// is two stores that grew apart, and neither is thrown away.
			return want, errDiffer
		}
	}
	return want, nil
}
