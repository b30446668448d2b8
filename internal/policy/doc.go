// Package policy keeps law and house rules as data: each with the day from which
// it holds and its source, written by two people of the ministry or by the
// operator of the installation.
//
// It refuses to guess. What nobody set is unset, a clock in working days that
// runs into a year whose holidays nobody set has no end, and a row that the
// portal did not write counts as unset, too. Callers then say "not configured"
// and check nothing, never "fine".
package policy
