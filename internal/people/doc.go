// Package people manages units, the people in them and what they do there.
//
// It refuses to let one person decide who reads cases: a role that does is
// proposed by an administrator and granted by somebody of the receiving unit who
// speaks for it, for an account whose holder they can recognise by the
// fingerprint of its key. It refuses to mix: whoever manages people reads no
// case, not even under another hat. And it knows nothing of cases.
package people
