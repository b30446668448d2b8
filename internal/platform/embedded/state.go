package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrNotRunning says that no process runs the servers of this data folder.
var ErrNotRunning = errors.New("no portal is running on this data folder")

// startPatience is how long Attach waits for a process that holds the lock but
// does not yet say where its servers are: the first start makes a cluster.
const startPatience = 60 * time.Second

// state is what a running process tells others about its servers. The file
// holds passwords and is readable by its owner only.
type state struct {
	SuperURL string `json:"super_url"`
	OwnerURL string `json:"owner_url"`
	AppURL   string `json:"app_url"`
	RedisURL string `json:"redis_url"`
}

// Attach finds the servers that another process runs on a data folder. It
// returns ErrNotRunning when there is none. Stop on the result does nothing.
func Attach(ctx context.Context, dir string) (*Servers, error) {
	data, err := resolve(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, err
	}
	at, err := known(data)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		if err := lockHeld(at); err != nil {
			return nil, err
		}
		servers, err := readState(at)
		if !errors.Is(err, os.ErrNotExist) {
			return servers, err
		}
		if err := pause(ctx); err != nil {
			return nil, fmt.Errorf("wait for the servers of another process: %w", err)
		}
	}
}

// Use attaches to the servers of a running process, or else starts them. Call
// Stop on the result in both cases.
func Use(ctx context.Context, opts Options) (*Servers, error) {
	servers, err := Attach(ctx, opts.Dir)
	if !errors.Is(err, ErrNotRunning) {
		return servers, err
	}
	servers, err = Start(ctx, opts)
	if errors.Is(err, ErrBusy) { // another process was quicker
		return Attach(ctx, opts.Dir)
	}
	return servers, err
}

// lockHeld returns nil when another process holds the folder's lock.
func lockHeld(at place) error {
	if _, err := os.Stat(at.lockFile()); errors.Is(err, os.ErrNotExist) {
		return ErrNotRunning
	}
	held, err := takeLock(at.lockFile())
	if errors.Is(err, ErrBusy) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(ErrNotRunning, held.release())
}

func readState(at place) (*Servers, error) {
	raw, err := os.ReadFile(at.stateFile())
	if err != nil {
		return nil, fmt.Errorf("read where the servers are: %w", err)
	}
	var s state
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("read where the servers are: %w", err)
	}
	return &Servers{SuperURL: s.SuperURL, OwnerURL: s.OwnerURL, AppURL: s.AppURL, RedisURL: s.RedisURL}, nil
}

func writeState(at place, s *Servers) error {
	raw, err := json.Marshal(state{SuperURL: s.SuperURL, OwnerURL: s.OwnerURL, AppURL: s.AppURL, RedisURL: s.RedisURL})
	if err != nil {
		return fmt.Errorf("say where the servers are: %w", err)
	}
	if err := replaceFile(at.stateFile(), raw); err != nil {
		return fmt.Errorf("say where the servers are: %w", err)
	}
	return nil
}

func forgetState(at place) error {
	if err := os.Remove(at.stateFile()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the old server addresses: %w", err)
	}
	return nil
}

// replaceFile writes a private file in one step, so that no reader sees half.
func replaceFile(path string, content []byte) error {
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
