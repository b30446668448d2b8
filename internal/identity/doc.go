// Package identity knows who is acting: people, the units they work in, the
// role they have there, what they show to prove who they are (a passphrase, a
// second factor, an invitation), and the sessions by which the portal
// recognises them.
//
// It refuses to say whether an account exists: a wrong address and a wrong
// passphrase take the same time and get the same answer. It refuses what the
// database alone could have written: each row that makes somebody a person, a
// guarded one or a signed-in one carries a pin under the key folder.
package identity
