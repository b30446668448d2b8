// Package escalation owns what is handed to investigators: the pattern as it
// stood when it was raised, whom it was brought to, who took it on and when
// silence carried it upward.
//
// It refuses to be held back: raising asks nobody's leave, an escalation
// cannot be edited or taken away, and a missing house rule makes it climb at
// once rather than wait. It refuses to know people: a pattern holds a subject,
// coarse answers and counts; who somebody is stays sealed with the complaint.
package escalation
