// Package complaint takes what a worker, a relative or a friend has to tell,
// keeps it so that only the desks they chose can read it, and lets them follow
// it by a receipt.
//
// It owns the receipt, the intake and its invariants, the table of who receives
// which part, exclusions and first readings, the moves of a complaint's status,
// and the keyed tokens that detection compares.
//
// It refuses to store a word in the open: plain columns hold coarse answers,
// days and tokens; names, places, numbers and stories are sealed before they
// are written. It refuses to file when the complaints desk or the police
// have no key, rather than to lose it quietly; a local desk without one is left
// out, so that nobody stops complaints by making one. It refuses units that
// somebody changed past the portal. It refuses whoever is accused,
// those above and those under them, whatever else holds. It never says whether a
// receipt that opens nothing was mistyped, invented or shredded.
package complaint
