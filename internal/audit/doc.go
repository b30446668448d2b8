// Package audit writes down every change and every read of a case: who, in
// what capacity, did what, to which record. One row each, in the transaction
// of the deed itself, so that neither exists without the other.
//
// The rows are leaves of a Merkle log (RFC 6962, golang.org/x/mod/sumdb/tlog).
// Writers wait for nobody: an entry is written without a place, and each second
// a sequencer gives places to what has committed. Between two checkpoints, a
// minute, the log grows by the same number of leaves whatever was written, by a
// timetable and filled up with padding: neither its size nor a place tells how
// much that was. What is more than fits waits for the next. Each minute the root
// is signed as a C2SP checkpoint, which is published and delivered to
// witnesses outside. A witness takes a checkpoint only with the proof that it
// extends the one before.
//
// Verify recomputes everything from the entries and compares it with what
// witnesses hold. What is older than the last witnessed checkpoint cannot be
// edited, removed, reordered or added to without being found, whoever holds the
// database. What is younger can: a minute, while the witnesses answer.
//
// It refuses personal data: an entry holds ids and words from the code, and a
// published hash is salted. It refuses to trust a trigger or a grant: those are
// guard rails against accidents.
package audit
