package shred

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// folder is one copy of the store.
type folder struct {
	dir   string
	store [16]byte
	mu    sync.Mutex
	files []*os.File // by index
}

// privateFolder makes the folder if it is missing and refuses one that others
// may look into.
func privateFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of shred keys: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("look at the folder of shred keys: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("the folder of shred keys is open to others (mode %o, want 700)", info.Mode().Perm())
	}
	return nil
}

func (f *folder) name(index uint32) string {
	return filepath.Join(f.dir, fmt.Sprintf("slots-%06d", index))
}

// identify reads whose folder it is, by its first file; found is false for an
// empty one.
func (f *folder) identify() (store [16]byte, found bool, err error) {
	file, err := os.Open(f.name(0))
	if errors.Is(err, fs.ErrNotExist) {
		return store, false, nil
	}
	if err != nil {
		return store, false, fmt.Errorf("open shred keys: %w", err)
	}
	defer func() { _ = file.Close() }()
	var head [headerSize]byte
	if _, err := file.ReadAt(head[:], 0); err != nil {
		return store, false, fmt.Errorf("%s %w", file.Name(), errHeader)
	}
	h, err := decodeHeader(head[:])
	if err != nil {
		return store, false, fmt.Errorf("%s %w", file.Name(), err)
	}
	return h.store, true, nil
}

// file returns the file of that index, which another process may have made
// since; fs.ErrNotExist when there is none.
func (f *folder) file(index uint32) (*os.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for uint32(len(f.files)) <= index {
		next := uint32(len(f.files))
		file, err := os.OpenFile(f.name(next), os.O_RDWR, 0)
		if err != nil {
			return nil, fmt.Errorf("open shred keys: %w", err)
		}
		if err := f.check(file, next); err != nil {
			_ = file.Close()
			return nil, err
		}
		f.files = append(f.files, file)
	}
	return f.files[index], nil
}

func (f *folder) check(file *os.File, index uint32) error {
	info, err := file.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("is open to others (mode %o, want 600)", info.Mode().Perm())
	}
	if err == nil {
		err = checkFile(file, header{f.store, index})
	}
	if err != nil {
		return fmt.Errorf("%s %w", file.Name(), err)
	}
	return nil
}

// count says how many files there are.
func (f *folder) count() (uint32, error) {
	f.mu.Lock()
	n := uint32(len(f.files))
	f.mu.Unlock()
	for {
		if _, err := f.file(n); errors.Is(err, fs.ErrNotExist) {
			return n, nil
		} else if err != nil {
			return 0, err
		}
		n++
	}
}

// make adds the file of that index, empty: written apart, synced, then named,
// so that it is there whole or not at all. No key is in it yet.
func (f *folder) make(index uint32) error {
	apart := filepath.Join(f.dir, ".new-"+rand.Text())
	file, err := os.OpenFile(apart, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("make room for shred keys: %w", err)
	}
	defer func() { _ = os.Remove(apart) }()
	_, err = file.Write(header{f.store, index}.encode())
	if err == nil {
		// Written, not merely sized: a disk that is full says so now.
		_, err = file.Write(make([]byte, fileSize-headerSize))
	}
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Link(apart, f.name(index)) // refuses to replace
	}
	if err == nil {
		err = syncDir(f.dir)
	}
	if err != nil {
		return fmt.Errorf("make room for shred keys: %w", err)
	}
	return nil
}

// read fills into with slots that follow each other within one file.
func (f *folder) read(slot int64, into []byte) error {
	index, offset := place(slot)
	file, err := f.file(index)
	if err != nil {
		return err
	}
	if _, err := file.ReadAt(into, offset); err != nil {
		return fmt.Errorf("read shred keys: %w", err)
	}
	return nil
}

// write overwrites slots that follow each other within one file, in place. It
// counts once sync has returned.
func (f *folder) write(slot int64, data []byte) error {
	index, offset := place(slot)
	file, err := f.file(index)
	if err != nil {
		return err
	}
	if _, err := file.WriteAt(data, offset); err != nil {
		return fmt.Errorf("write shred keys: %w", err)
	}
	return nil
}

func (f *folder) sync(index uint32) error {
	file, err := f.file(index)
	if err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("write shred keys: %w", err)
	}
	return nil
}

// next is the first slot of the first block that was never reserved.
func (f *folder) next() (int64, error) {
	n, err := f.count()
	if err != nil || n == 0 {
		return 1, err
	}
	body := make([]byte, slotsPerFile*Size)
	if err := f.read(firstOf(n-1), body); err != nil {
		return 0, err
	}
	blocks := (lastUsed(body) + blockSlots - 1) / blockSlots
	return firstOf(n-1) + int64(blocks)*blockSlots, nil
}

func (f *folder) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, file := range f.files {
		_ = file.Close()
	}
	f.files = nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
