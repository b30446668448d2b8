// Package fault is the vocabulary of errors that a person may be told about.
//
// A fault has a kind, which the edge maps to a status, and a code, which is a
// key of the locale catalogue. It never carries a name, a number or a story:
// whatever is put into an error ends in a log sooner or later. Everything that
// is not a fault is internal, and the public learns an incident id only.
package fault
