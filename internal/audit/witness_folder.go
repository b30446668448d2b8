package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/mod/sumdb/note"
)

const checkpointFile = ".checkpoint"

// Folder is a witness that keeps each checkpoint in a file of its own, by day
// and size, and removes none. It belongs on a disk that those who hold the
// database cannot write to: a mount of another machine, or one that only adds.
type Folder struct {
	dir      string
	verifier note.Verifier
}

// NewFolder returns the witness of dir, which is made when it is needed.
func NewFolder(dir string, v note.Verifier) *Folder { return &Folder{dir, v} }

// Name is the folder's address.
func (f *Folder) Name() string { return "file:" + f.dir }

// Take judges the checkpoint and keeps it.
func (f *Folder) Take(_ context.Context, s Submission) error {
	if err := os.MkdirAll(f.dir, 0o755); err != nil { //nolint:gosec // G301: checkpoints are for everybody to read
		return fmt.Errorf("make the witness's folder: %w", err)
	}
	unlock, err := f.lock()
	if err != nil {
		return err
	}
	defer unlock()
	held, err := f.newest()
	if err != nil {
		return err
	}
	c, err := judge(held, s, f.verifier)
	if err != nil || c == held {
		return err
	}
	return f.keep(c, s.Checkpoint)
}

func (f *Folder) lock() (func(), error) {
	file, err := os.OpenFile(filepath.Join(f.dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the witness's folder: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("lock the witness's folder: %w", err)
	}
	return func() { _ = file.Close() }, nil
}

// newest returns the last checkpoint of the last day; zero when there is none.
// The log's time never goes back, so that is also the largest.
func (f *Folder) newest() (Checkpoint, error) {
	days, err := os.ReadDir(f.dir)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("list the witness's folder: %w", err)
	}
	for _, day := range slices.Backward(days) {
		files, err := os.ReadDir(filepath.Join(f.dir, day.Name()))
		if !day.IsDir() {
			continue
		}
		if err != nil {
			return Checkpoint{}, fmt.Errorf("list the witness's folder: %w", err)
		}
		for _, file := range slices.Backward(files) {
			if !strings.HasSuffix(file.Name(), checkpointFile) {
				continue
			}
			text, err := readCheckpoint(filepath.Join(f.dir, day.Name(), file.Name()))
			if err != nil {
				return Checkpoint{}, err
			}
			c, err := OpenCheckpoint(text, f.verifier)
			if err != nil {
				err = fmt.Errorf("%w: what it holds %w", errRefused, err)
			}
			return c, err
		}
	}
	return Checkpoint{}, nil
}

// keep writes the file whole or not at all, and replaces none.
func (f *Folder) keep(c Checkpoint, text []byte) error {
	day := filepath.Join(f.dir, c.At.Format("2006-01-02"))
	err := os.MkdirAll(day, 0o755) //nolint:gosec // G301: as above
	if err != nil {
		return fmt.Errorf("make the witness's folder: %w", err)
	}
	tmp, err := os.CreateTemp(f.dir, ".new-*")
	if err != nil {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Chmod(0o444), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Link(tmp.Name(), filepath.Join(day, fmt.Sprintf("%020d%s", c.Size, checkpointFile)))
	}
	if err != nil {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	return nil
}

func readCheckpoint(path string) ([]byte, error) {
	file, err := os.Open(path) // #nosec G304 -- the operator's own files
	if err != nil {
		return nil, fmt.Errorf("open checkpoint: %w", err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, mostSubmission))
	if err != nil {
		return nil, fmt.Errorf("read checkpoint: %w", err)
	}
	return text, nil
}

// ReadCheckpoints reads what witnesses hold: path is a checkpoint, or a folder
// with any number of them, at any depth, in files that end in .checkpoint.
func ReadCheckpoints(path string) ([][]byte, error) {
	var all [][]byte
	err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || (name != path && !strings.HasSuffix(name, checkpointFile)) {
			return err
		}
		text, err := readCheckpoint(name)
		if err == nil && len(bytes.TrimSpace(text)) > 0 {
			all = append(all, text)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read witnessed checkpoints: %w", err)
	}
	return all, nil
}
