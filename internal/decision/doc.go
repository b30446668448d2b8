// Package decision is what takes two people. Somebody proposes; it waits, for
// ever if need be, until somebody else who may decide of the unit whose
// decision it is approves, refuses or sends it back. Approval is signed with
// the approver's own key, and the effect runs in the same transaction, after
// the signature was checked against the approver's pinned public key.
//
// The portal pins each verdict that it takes. Whatever follows from an approval
// later than in its own transaction reads it through Approval: the state of the
// row is what anybody with the database can write.
//
// It refuses to fall back to one person: with nobody who could decide, it waits
// and says who is missing. It refuses to know what is decided: subjects register
// a Rule for each kind, with the effect.
//
// A subject that registers the kind "noun.verb" also gives the words
// decision.kind.noun_verb (what it is called) and decision.does.noun_verb (what
// approving does, in one plain sentence) in each language. Whatever table must
// not change without a decision asks require_decision(decision, kind, subject)
// in a deferred constraint trigger.
package decision
