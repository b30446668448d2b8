package vault

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
)

const root = 0

// own are the users whom a process trusts with a vault anyway: itself, and root,
// who could read its memory.
func own() []uint32 { return []uint32{root, uint32(os.Getuid())} }

// guarded refuses a folder in which anybody but those users could put a socket of
// their own: it would be told every number in the clear. A folder such as /tmp is
// one, for all that its sticky bit keeps: while the vault is away the name is free.
func guarded(path string, users []uint32) error {
	info, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("look at the folder of the vault's socket: %w", err)
	}
	if mode := info.Mode(); mode.Perm()&0o022 != 0 {
		return fmt.Errorf("the folder of the vault's socket can be written by others (mode %o, want 755 or less)", mode.Perm())
	}
	owner, err := ownerOf(info)
	if err != nil {
		return err
	}
	if !slices.Contains(users, owner) {
		return fmt.Errorf("the folder of the vault's socket belongs to the user %d, who is neither this process's nor PORTAL_VAULT_USER", owner)
	}
	return nil
}

// recognise refuses a vault that runs as anybody else, however it came to listen
// there. The kernel tells who made the socket.
func recognise(conn net.Conn, users []uint32) error {
	unix, ok := conn.(*net.UnixConn)
	if !ok {
		return fmt.Errorf("look at peer: a connection of the network %s", conn.RemoteAddr().Network())
	}
	user, _, err := peerOf(unix)
	if err != nil {
		return err
	}
	if !slices.Contains(users, user) {
		return fmt.Errorf("what answers at the vault's socket runs as the user %d, who is neither this process's nor PORTAL_VAULT_USER", user)
	}
	return nil
}
