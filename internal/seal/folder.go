package seal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// Ensure opens the key folder, makes what is missing of the folder itself and
// of its secrets, and returns them. Several processes may do so at once. A
// folder that others may write to, or a key that others may read, is refused.
//
// The files are <secret>.key; each holds one line of base64. Keys of desks and
// of people are not here: they lie wrapped in the database.
//
// A secret that is held elsewhere is neither made nor read, and the ring has
// nothing for it.
func Ensure(dir string, elsewhere ...Secret) (*Ring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make key folder: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("look at key folder: %w", err)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return nil, fmt.Errorf("the key folder can be written by others (mode %o, want 700)", info.Mode().Perm())
	}
	f := folder{dir: dir}
	unlock, err := f.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	ring := &Ring{secrets: map[Secret][]byte{}}
	for _, name := range secrets() {
		if slices.Contains(elsewhere, name) {
			continue
		}
		if ring.secrets[name], err = f.secret(name); err != nil {
			return nil, err
		}
	}
	return ring, nil
}

type folder struct{ dir string }

// lock keeps a second process from making a second secret of the same name.
func (f folder) lock() (func(), error) {
	file, err := os.OpenFile(filepath.Join(f.dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock key folder: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("lock key folder: %w", err)
	}
	return func() { _ = file.Close() }, nil
}

func (f folder) secret(name Secret) ([]byte, error) {
	file := string(name) + ".key"
	_, err := f.read(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err := f.draw(file); err != nil {
			return nil, err
		}
	}
	return ReadSecret(filepath.Join(f.dir, file))
}

// SecretFile is where a key folder keeps the secret.
func SecretFile(dir string, name Secret) string { return filepath.Join(dir, string(name)+".key") }

// draw writes a new secret.
func (f folder) draw(file string) error {
	key := make([]byte, KeySize)
	if _, err := rand.Read(key); err != nil {
		return fmt.Errorf("draw secret: %w", err)
	}
	return f.write(file, key)
}
