package vault

import (
	"fmt"
	"net"
	"syscall"
)

// peerOf returns the user and the group under which the other end connected,
// as the kernel noted them (SO_PEERCRED, unix(7)).
func peerOf(conn *net.UnixConn) (uid, gid uint32, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, 0, fmt.Errorf("look at peer: %w", err)
	}
	var cred *syscall.Ucred
	var sockErr error
	err = raw.Control(func(fd uintptr) {
		cred, sockErr = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	if err == nil {
		err = sockErr
	}
	if err != nil {
		return 0, 0, fmt.Errorf("look at peer: %w", err)
	}
	return cred.Uid, cred.Gid, nil
}
