package vault

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// OwnGroup keeps a socket to the user of the vault.
const OwnGroup = -1

// Listen makes the socket, of mode 600, or 660 for the members of a group. What
// a vault left behind that was killed is removed; one that answers is not.
func Listen(ctx context.Context, path string, group int) (*net.UnixListener, error) {
	if err := guarded(path, own()); err != nil {
		return nil, err
	}
	if err := sweep(ctx, path); err != nil {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("listen on the vault's socket: %w", err)
	}
	mode := os.FileMode(0o600)
	if group != OwnGroup {
		mode = 0o660
		err = os.Chown(path, -1, group)
	}
	if err = errors.Join(err, os.Chmod(path, mode)); err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("guard the vault's socket: %w", err)
	}
	return l, nil
}

// sweep removes a socket that nobody listens at.
func sweep(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look at the vault's socket: %w", err)
	case info.Mode().Type() != os.ModeSocket:
		return errors.New("where the vault's socket should be there is another file")
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err == nil {
		_ = conn.Close()
		return errors.New("another vault answers at this socket")
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("try the vault's socket: %w", err)
	}
	return os.Remove(path)
}
