package blob

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"time"
)

// ErrUnknown says that nothing is kept under the name.
var ErrUnknown = errors.New("blob: nothing under this name")

var (
	named   = regexp.MustCompile(`^[0-9a-f]{32}$`)
	partial = ".part"
)

// Store is a folder of blobs. It is safe for concurrent use, also by several
// processes of one host or of hosts that share the folder.
type Store struct{ root *os.Root }

// Folder returns the folder that an address such as file:///var/lib/portal/blobs
// names.
func Folder(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "file" || u.Host != "" || !filepath.IsAbs(u.Path) || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("is not a folder such as file:///var/lib/portal/blobs")
	}
	return filepath.Clean(u.Path), nil
}

// Open opens the store at an address such as file:///var/lib/portal/blobs and
// makes the folder where it is missing. One that others may look into is refused.
func Open(address string) (*Store, error) {
	dir, err := Folder(address)
	if err != nil {
		return nil, fmt.Errorf("the place of documents %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of documents: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("look at the folder of documents: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the folder of documents is open to others (mode %o, want 700)", info.Mode().Perm())
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder of documents: %w", err)
	}
	return &Store{root: root}, nil
}

// Close lets go of the folder.
func (s *Store) Close() error { return s.root.Close() }

// place is where a name lies: names are spread over 256 folders.
func place(name string) (string, error) {
	if !named.MatchString(name) {
		return "", ErrUnknown
	}
	return path.Join(name[:2], name), nil
}

// Put keeps the bytes and returns the name that was drawn for them. They are on
// disk when it returns.
func (s *Store) Put(data []byte) (name string, err error) {
	var drawn [16]byte
	_, _ = rand.Read(drawn[:]) // never fails, by its contract
	name = hex.EncodeToString(drawn[:])
	at, err := place(name)
	if err != nil {
		return "", err
	}
	if err := s.root.Mkdir(path.Dir(at), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("make a folder of documents: %w", err)
	}
	// Under another name first: whoever finds the name finds all of it.
	if err := s.write(at+partial, data); err != nil {
		_ = s.root.Remove(at + partial)
		return "", fmt.Errorf("keep a document: %w", err)
	}
	if err := s.root.Rename(at+partial, at); err != nil {
		_ = s.root.Remove(at + partial)
		return "", fmt.Errorf("keep a document: %w", err)
	}
	if err := s.sync(path.Dir(at)); err != nil {
		return "", fmt.Errorf("keep a document: %w", err)
	}
	return name, nil
}

func (s *Store) write(at string, data []byte) error {
	file, err := s.root.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

func (s *Store) sync(dir string) error {
	d, err := s.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Blob is one that is kept, open for reading.
type Blob struct {
	*os.File

	Size int64
}

// Get opens what is kept under the name, or gives ErrUnknown. The caller closes it.
func (s *Store) Get(name string) (Blob, error) {
	at, err := place(name)
	if err != nil {
		return Blob{}, err
	}
	file, err := s.root.Open(at)
	if errors.Is(err, fs.ErrNotExist) {
		return Blob{}, ErrUnknown
	}
	if err != nil {
		return Blob{}, fmt.Errorf("open a document: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return Blob{}, errors.Join(err, file.Close())
	}
	return Blob{File: file, Size: info.Size()}, nil
}

// Delete forgets what is kept under the name. What is gone already is no error.
func (s *Store) Delete(name string) error {
	at, err := place(name)
	if err != nil {
		return nil //nolint:nilerr // nothing is kept under such a name
	}
	if err := s.root.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete a document: %w", err)
	}
	return nil
}

// OlderThan lists what was put before the moment, folder by folder, until do
// gives an error. What a process that died left half written is deleted.
func (s *Store) OlderThan(before time.Time, do func(names []string) error) error {
	for i := range 256 {
		dir := fmt.Sprintf("%02x", i)
		entries, err := fs.ReadDir(s.root.FS(), dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("list documents: %w", err)
		}
		var names []string
		for _, e := range entries {
			info, err := e.Info()
			if err != nil || !info.ModTime().Before(before) {
				continue
			}
			switch name := e.Name(); {
			case named.MatchString(name):
				names = append(names, name)
			case path.Ext(name) == partial:
				_ = s.root.Remove(path.Join(dir, name))
			}
		}
		if len(names) == 0 {
			continue
		}
		if err := do(names); err != nil {
			return err
		}
	}
	return nil
}
