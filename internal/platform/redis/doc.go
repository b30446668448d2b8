// Package redis opens the doorbell from its URL, in each of the four ways
// Redis is run: one server, one server over TLS, Sentinel, Cluster.
//
// It refuses to be a record: nothing that matters may live in Redis alone. An
// address it cannot read is never repeated in an error, since it may hold a
// password.
package redis
