// Package document keeps the papers of licence files: what an agency hands in,
// what an inspector photographs. A document is attached to an owner (the agency, an
// application, an inspection) and has a kind, perhaps a last day, and two parts:
// the original as it was sent, and a viewing copy without anything that was not in
// sight (internal/upload).
//
// Both parts lie sealed outside the database, each under a data key and a shred
// key of its own. The data key of the viewing copy is wrapped by the portal's
// ring: the agency and the licensing officers look at it through the portal. That
// of the original is in an envelope to the national police unit's desk, as
// evidence; where no such desk has a key, the ring wraps it and the document says
// so. The name that the file had is inside the viewing copy, and nowhere else.
//
// What is removed is erased by destroying both shred keys, unless a legal hold
// covers the agency; it refuses to destroy a key for a row that the portal did not
// write. It refuses to say what may be changed: whether an owner is open is for
// that owner's subject to say.
package document
