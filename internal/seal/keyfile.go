package seal

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func (f folder) read(name string) ([]byte, error) {
	file, err := os.Open(filepath.Join(f.dir, name)) // #nosec G304 -- a name from the listing or a constant
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the key file %s can be read by others (mode %o, want 600)", name, info.Mode().Perm())
	}
	const most = 4096
	text, err := io.ReadAll(io.LimitReader(file, most))
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) == 0 {
		return nil, fmt.Errorf("the key file %s cannot be read", name)
	}
	return key, nil
}

// write makes the file whole or not at all: written apart, synced, then named. It
// refuses to replace one.
func (f folder) write(name string, key []byte) error { return f.put(name, key, os.Link) }

// put is write with a way of naming.
func (f folder) put(name string, key []byte, as func(old, new string) error) error {
	tmp, err := os.CreateTemp(f.dir, ".new-*") // mode 600
	if err != nil {
		return fmt.Errorf("make key file: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = as(tmp.Name(), filepath.Join(f.dir, name))
	}
	if err == nil {
		err = syncDir(f.dir)
	}
	if err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir) // #nosec G304 -- the configured key folder
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// ReadSecret returns the 32 bytes of one key file, for a process that holds that
// secret alone. It makes none: a new key in the place of one that was mislaid
// would make strangers of all that was stored.
func ReadSecret(path string) ([]byte, error) {
	f := folder{dir: filepath.Dir(path)}
	key, err := f.read(filepath.Base(path))
	if err == nil && len(key) != KeySize {
		err = fmt.Errorf("the key file %s has %d bytes, want %d", filepath.Base(path), len(key), KeySize)
	}
	return key, err
}

// MakeSecret draws a secret and writes it into a new key file. It refuses to
// replace one.
func MakeSecret(path string) error {
	f := folder{dir: filepath.Dir(path)}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("make key folder: %w", err)
	}
	return f.draw(filepath.Base(path))
}

// Renew draws a new secret in the place of one of a key folder. What was made with
// the old one is no longer recognised by it: whoever renews has seen to that.
func Renew(dir string, name Secret) error {
	f := folder{dir: dir}
	unlock, err := f.lock()
	if err != nil {
		return err
	}
	defer unlock()
	key := make([]byte, KeySize)
	if _, err := rand.Read(key); err != nil {
		return fmt.Errorf("draw secret: %w", err)
	}
	return f.put(string(name)+".key", key, os.Rename)
}
