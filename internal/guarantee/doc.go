// Package guarantee owns what stands behind an agency's promises: guarantees that a
// bank or a deposit holds, a double-entry ledger of what became of them, the awards
// that may be paid from them, the call on the bank, the duty to put back what was
// called, and the release when the licence is over.
//
// It refuses to know a worker or a complaint: a claim names an award and no more. It
// refuses to call for an award that is not enforceable or is under appeal, to take
// out more than is held, to release while a claim is open, and to guess a law: how
// much has to stand, how soon it is put back and how long it stays are policies, and
// where they are not set the answer is "not checked" or "not configured".
package guarantee
