package vault

import "net"

// Guarded and Recognise are the client's checks for one that trusts this user
// alone.

// Guarded checks the folder.
func Guarded(path string, user uint32) error { return guarded(path, []uint32{user}) }

// Recognise checks who listens.
func Recognise(conn net.Conn, user uint32) error { return recognise(conn, []uint32{user}) }
