package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"syscall"
)

// ownerOf returns the user to whom a file belongs.
func ownerOf(info fs.FileInfo) (uint32, error) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, errors.New("the file system does not tell whose the folder of the vault's socket is")
	}
	return stat.Uid, nil
}

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
