package embedded

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrBusy says that another process runs the servers of this data folder.
var ErrBusy = errors.New("another portal is running on this data folder: stop it first, or choose another folder with --data")

// lock is held by the one process that runs a data folder's servers. The
// kernel lets go of it when that process ends, however it ends.
type lock struct{ file *os.File }

func takeLock(path string) (*lock, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(ErrBusy, file.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the data folder: %w", err), file.Close())
	}
	return &lock{file: file}, nil
}

// release gives the lock up. The file stays: removing it would let two
// processes hold a lock on two files of the same name.
func (l *lock) release() error { return l.file.Close() }
