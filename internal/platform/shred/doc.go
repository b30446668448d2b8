// Package shred keeps small random keys, one for each thing that must one day
// be unreadable everywhere: in the record, in its replicas and in every backup
// of them. What was encrypted under such a key is gone when the key is.
//
// The store is a folder outside the database: files of fixed slots of 32 bytes,
// which are overwritten in place. A slot is all zeros before it is used, a key,
// and all ones once its key was destroyed; a number is never used twice. No
// journal, copy or history is kept, so that nothing brings a destroyed key
// back. With a mirror every write goes to two folders before it counts, and
// whatever one of the two knows to be destroyed is destroyed in both.
//
// Processes of one host, or of several over a file system whose locks and
// writes they share, may use one store at a time: writers take turns by a lock
// on a file.
//
// It refuses to know what the keys are for, and to promise more than the disk
// under it keeps: flash that moves blocks, file systems that copy on write,
// snapshots and backups of the folder may keep what was overwritten. Where the
// folder may lie is said in docs/operations.md.
package shred
