// Package agency owns the register's record of an agency: its names in every
// spelling that a visitor may try, its published contacts, and how all this is
// brought in from other registers' files.
//
// It refuses to guess. A source that gives no state leaves the agency "listed";
// a year, a phone or an end date that the source does not give stays unknown;
// and an import never changes a state that the licensing desk has set.
package agency
