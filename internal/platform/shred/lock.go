package shred

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// lock lets one writer at a time into the store, of all threads and processes.
type lock struct {
	mu   sync.Mutex
	file *os.File
}

func openLock(dir string) (*lock, error) {
	file, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the shred keys: %w", err)
	}
	return &lock{file: file}, nil
}

// hold does the work while no other writer does any. A process that dies lets
// go of the lock.
func (l *lock) hold(work func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		err := syscall.Flock(int(l.file.Fd()), syscall.LOCK_EX)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("lock the shred keys: %w", err)
		}
		break
	}
	defer func() { _ = syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN) }()
	return work()
}
