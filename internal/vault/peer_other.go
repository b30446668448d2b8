//go:build !linux

package vault

import (
	"errors"
	"net"
)

// peerOf admits nobody: only Linux tells who connected in a way that is tested
// here.
func peerOf(*net.UnixConn) (uid, gid uint32, err error) {
	return 0, 0, errors.New("who connects is not known on this system")
}
