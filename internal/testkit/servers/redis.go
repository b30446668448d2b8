package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/fairpassage/portal/internal/platform/redis"
)

var errNoRedis = errors.New("redis-server was not found: install it (scripts/need redis, or apt-get install redis-server, dnf install redis, brew install redis)")

// realRedis is a redis-server child.
type realRedis struct {
	cmd   *exec.Cmd
	ended chan struct{}
	url   string
}

// startRedis tries a few ports: one that was free a moment ago may be taken.
func startRedis(ctx context.Context, folder string) (*realRedis, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, errNoRedis
	}
	var failed error
	for range 3 {
		r, err := tryRedis(ctx, program, folder)
		if err == nil {
			return r, nil
		}
		failed = err
	}
	return nil, fmt.Errorf("start redis-server: %w", failed)
}

func tryRedis(ctx context.Context, program, folder string) (*realRedis, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	password := rand.Text()
	conf := filepath.Join(folder, "redis.conf")
	settings := fmt.Sprintf("bind 127.0.0.1\nport %s\nrequirepass %s\nsave \"\"\nappendonly no\nmaxmemory-policy noeviction\ndatabases 64\n", port, password)
	if err := os.WriteFile(conf, []byte(settings), 0o600); err != nil {
		return nil, err
	}
	r := &realRedis{
		cmd:   exec.CommandContext(context.WithoutCancel(ctx), program, conf),
		ended: make(chan struct{}),
		url:   "redis://:" + password + "@127.0.0.1:" + port + "/0",
	}
	r.cmd.Dir = folder
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the command first
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = r.cmd.Wait()
		close(r.ended)
	}()
	if err := r.ready(ctx); err != nil {
		r.stop()
		return nil, err
	}
	return r, nil
}

func (r *realRedis) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	client, err := redis.Open(r.url)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	for {
		failed := client.Ping(ctx).Err()
		if failed == nil {
			return nil
		}
		select {
		case <-r.ended:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return failed
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends it without ceremony: nothing in it is to be kept.
func (r *realRedis) stop() {
	_ = r.cmd.Process.Kill()
	<-r.ended
}

func freePort(ctx context.Context) (string, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
