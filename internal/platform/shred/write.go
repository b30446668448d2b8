package shred

import (
	"crypto/rand"
	"fmt"
	"slices"
)

// Take hands out n fresh keys. They are on disk, in every copy, before it
// returns: what is encrypted under them may be committed. Keys of work that is
// given up need nothing; they are swept.
func (s *Store) Take(n int) ([]Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.clock.Now(); now.Sub(s.readyAt) >= maxReady || now.Before(s.readyAt) {
		if err := s.drop(); err != nil {
			return nil, err
		}
	}
	for len(s.ready) < n {
		if err := s.lock.hold(s.reserve); err != nil {
			return nil, err
		}
	}
	taken := slices.Clone(s.ready[:n])
	clear(s.ready[:n])
	s.ready = s.ready[n:]
	return taken, nil
}

// reserve fills the next block with fresh keys, on disk in every copy.
func (s *Store) reserve() error {
	slot, err := s.upTo()
	if err != nil {
		return err
	}
	index, _ := place(slot)
	if err := s.room(index); err != nil {
		return err
	}
	block := make([]byte, blockSlots*Size)
	_, _ = rand.Read(block) // never fails, by its contract
	for i, f := range s.copies {
		if err := s.step(fmt.Sprintf("reserve: copy %d", i)); err != nil {
			return err
		}
		if err := f.write(slot, block); err != nil {
			return err
		}
		if err := s.step(fmt.Sprintf("reserve: copy %d written", i)); err != nil {
			return err
		}
		if err := f.sync(index); err != nil {
			return err
		}
	}
	if err := s.step("reserve: on disk"); err != nil {
		return err
	}
	if len(s.ready) == 0 {
		s.readyAt = s.clock.Now()
	}
	for i := range blockSlots {
		s.ready = append(s.ready, Key{Slot: slot + int64(i), Secret: [Size]byte(block[i*Size:])})
	}
	clear(block)
	return nil
}

// upTo is the first slot that no copy has reserved.
func (s *Store) upTo() (int64, error) {
	furthest := int64(1)
	for _, f := range s.copies {
		next, err := f.next()
		if err != nil {
			return 0, err
		}
		furthest = max(furthest, next)
	}
	return furthest, nil
}

// room makes the file of that index, and those before it, where it is missing.
func (s *Store) room(index uint32) error {
	for _, f := range s.copies {
		n, err := f.count()
		if err != nil {
			return err
		}
		for ; n <= index; n++ {
			if err := f.make(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// drop destroys what was reserved and not handed out.
func (s *Store) drop() error {
	slots := make([]int64, 0, len(s.ready))
	for _, k := range s.ready {
		slots = append(slots, k.Slot)
	}
	clear(s.ready)
	s.ready = nil
	return s.Destroy(slots...)
}

// Destroy overwrites the keys in place, in every copy, and returns once that is
// on disk. To destroy what is destroyed changes nothing; a slot that was never
// reserved is ErrNoKey, and then nothing is destroyed.
func (s *Store) Destroy(slots ...int64) error {
	if len(slots) == 0 {
		return nil
	}
	return s.lock.hold(func() error { return s.destroy(slots) })
}

func (s *Store) destroy(slots []int64) error {
	next, err := s.upTo()
	if err != nil {
		return err
	}
	var touched []uint32
	for _, slot := range slots {
		if slot < 1 || slot >= next {
			return ErrNoKey
		}
		index, _ := place(slot)
		touched = append(touched, index)
	}
	slices.Sort(touched)
	for i, f := range s.copies {
		for _, slot := range slots {
			if err := s.step(fmt.Sprintf("destroy: copy %d", i)); err != nil {
				return err
			}
			if err := f.write(slot, destroyed[:]); err != nil {
				return err
			}
		}
		for _, index := range slices.Compact(slices.Clone(touched)) {
			if err := f.sync(index); err != nil {
				return err
			}
		}
		if err := s.step(fmt.Sprintf("destroy: copy %d on disk", i)); err != nil {
			return err
		}
	}
	return nil
}

// Next is the first slot that was never reserved: all below it may have keys.
func (s *Store) Next() (next int64, err error) {
	err = s.lock.hold(func() error {
		next, err = s.upTo()
		return err
	})
	return next, err
}

// Live lists the slots in [from, to) that have a key.
func (s *Store) Live(from, to int64) ([]int64, error) {
	var live []int64
	body := make([]byte, Size)
	for slot := max(from, 1); slot < to; slot++ {
		if err := s.copies[0].read(slot, body); err != nil {
			return nil, err
		}
		if key := [Size]byte(body); key != unused && key != destroyed {
			live = append(live, slot)
		}
	}
	return live, nil
}
