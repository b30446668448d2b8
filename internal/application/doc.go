// Package application is how an agency gets a licence, has it renewed, and tells
// of changes: a dossier is written and kept, filed, sent back with remarks at its
// answers, filed again, recommended by one officer and decided by another.
//
// A change of a director, an owner, an address, a phone or an account is an
// application like the first, without a period and without a fee: so whatever is
// checked of a newcomer is checked of whoever comes later.
//
// What was filed is never changed: each round is a version of its own. What is
// typed and not filed is the agency's alone. What an officer remarks is the
// officers' until it is sent back.
//
// It refuses to write a licence: internal/licensing does, when a grant is decided.
package application
