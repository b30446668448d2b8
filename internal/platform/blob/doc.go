// Package blob keeps opaque bytes under random names, in a folder. What is kept
// is written once, never changed, and deleted by its name.
//
// It refuses names that it did not draw: nobody's words, and nothing of an
// address, become part of a path; and os.Root keeps every path inside the
// folder. It refuses to know what the bytes are: callers seal them first.
package blob
