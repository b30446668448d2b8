// Package embedded is the default that needs no set-up: a PostgreSQL server
// started as a child process on a cluster of its own in the data folder, and a
// Redis inside this process. It is the same database engine as in production,
// so there is no second dialect; the Redis may vanish at any moment, because
// PostgreSQL is the record.
//
// It owns the data folder's lock, the cluster, its passwords, the child's life
// and the small state file through which other commands find a running server.
// It is built for a machine with other users on it: every connection needs a
// random password (SCRAM), the socket lies in a folder nobody else may enter,
// and nothing listens on an address beyond loopback.
//
// It refuses to make tables (migrations do), to upgrade a cluster to another
// major version, and to run PostgreSQL as root. It runs on Unix-like systems
// only.
package embedded
