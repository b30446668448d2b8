package shred

import (
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fairpassage/portal/internal/platform/clock"
)

// What a slot may say instead of a key.
var (
	// ErrDestroyed says that the key was destroyed, for ever.
	ErrDestroyed = errors.New("shred: the key was destroyed")
	// ErrNoKey says that there never was a key: the store is not the one that
	// the caller's record was written with, or it is damaged.
	ErrNoKey = errors.New("shred: no such key")
)

// Key is a shred key and where it lies. It prints without its secret.
type Key struct {
	Slot   int64 // from 1
	Secret [Size]byte
}

// Format keeps the secret out of logs and errors, whatever the verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "(shred key %d)", k.Slot) }

// Options of Open.
type Options struct {
	Dir string
	// Mirror is a second folder that is written with the first; "" for none.
	Mirror string
	// Apart lists folders in which the store must not lie, nor they in it: the
	// key folder, of which there are backups.
	Apart []string
	Clock clock.Clock
}

// Store is an open store. It is safe for concurrent use.
type Store struct {
	id     [16]byte
	copies []*folder // the first is read from
	lock   *lock
	clock  clock.Clock
	step   func(string) error // for tests: between two steps of a write

	mu      sync.Mutex
	ready   []Key // reserved and not handed out
	readyAt time.Time
}

// maxReady is how long a reserved key may wait to be handed out. What is
// reserved and never used is swept much later.
const maxReady = time.Hour

// Open opens the store, or makes an empty one, and makes both copies equal. A
// folder that others may look into is refused.
func Open(o Options) (*Store, error) {
	s := &Store{clock: o.Clock, step: func(string) error { return nil }}
	dirs := []string{o.Dir}
	if o.Mirror != "" {
		dirs = append(dirs, o.Mirror)
	}
	if err := apart(append(dirs, o.Apart...)); err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		if err := privateFolder(dir); err != nil {
			return nil, err
		}
		s.copies = append(s.copies, &folder{dir: dir})
	}
	var err error
	if s.lock, err = openLock(o.Dir); err != nil {
		return nil, err
	}
	if err := s.lock.hold(s.begin); err != nil {
		s.shut()
		return nil, err
	}
	return s, nil
}

// apart refuses folders of which one lies in another.
func apart(dirs []string) error {
	var real []string
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		full, err := filepath.Abs(dir)
		if err != nil {
			return fmt.Errorf("find the folder of shred keys: %w", err)
		}
		if followed, err := filepath.EvalSymlinks(full); err == nil {
			full = followed
		}
		for _, other := range real {
			if within(full, other) || within(other, full) {
				return errors.New("the shred keys must lie in a folder of their own, apart from the key folder and from their mirror")
			}
		}
		real = append(real, full)
	}
	return nil
}

func within(dir, other string) bool {
	rel, err := filepath.Rel(other, dir)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// begin finds out which store this is, draws its name when it is a new one, and
// makes the copies equal.
func (s *Store) begin() error {
	known := false
	for _, f := range s.copies {
		id, found, err := f.identify()
		if err != nil {
			return err
		}
		if found && known && id != s.id {
			return errors.New("the two folders of shred keys are of different stores")
		}
		if found {
			s.id, known = id, true
		}
	}
	if !known {
		_, _ = rand.Read(s.id[:]) // never fails, by its contract
	}
	for _, f := range s.copies {
		f.store = s.id
	}
	if !known {
		// The name is on disk before anybody else may look for it.
		if err := s.room(0); err != nil {
			return err
		}
	}
	return s.level()
}

// ID names the store: a record belongs to one store and says so.
func (s *Store) ID() [16]byte { return s.id }

// Secret returns the key of the slot. ErrDestroyed is for ever; ErrNoKey is a
// store that does not fit the record.
func (s *Store) Secret(slot int64) (key [Size]byte, err error) {
	if slot < 1 {
		return key, ErrNoKey
	}
	for _, f := range s.copies {
		// Only a copy that cannot be read at all is passed over: what the first
		// says of a slot holds.
		if err = f.read(slot, key[:]); err == nil {
			break
		}
	}
	switch {
	case err != nil:
		return unused, err
	case key == destroyed:
		return unused, ErrDestroyed
	case key == unused:
		return unused, ErrNoKey
	}
	return key, nil
}

// Close destroys what was reserved and not handed out, and closes the files.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.drop()
	s.shut()
	return err
}

func (s *Store) shut() {
	for _, f := range s.copies {
		f.close()
	}
	_ = s.lock.file.Close()
}
