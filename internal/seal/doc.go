// Package seal closes what a complaint says so that only chosen desks can open
// it, and keeps the keys that the processes of one deployment share.
//
// A complaint has items (its answers, its narrative, the identity and the
// contact of each person), and each item has a random data key of its own and a
// shred key, which callers keep outside the database; both are needed. Items are
// AES-256-GCM, bound to complaint, item, schema and key version: moved to
// another place they do not open. For each recipient there is one
// HPKE envelope (MLKEM768X25519, HKDF-SHA256, AES-256-GCM; RFC 9180) with
// exactly the data keys that this recipient may have, bound to complaint,
// recipient and key.
//
// A desk's private half leaves the package wrapped to a member of the desk, or
// split among the desks that can restore it, and in no other way.
//
// A file (a part of a document: the original, the viewing copy) is sealed in
// chunks of 64 KiB under a data key and a shred key of its own, bound to the
// document, the part, the place of the chunk and how many there are, and padded
// to a power of two. Its data key is wrapped by the ring, or goes in an envelope
// to one desk.
//
// It refuses to decide who may open what: callers name the items of every
// envelope. It knows no database, and no error of it says what was sealed.
package seal
