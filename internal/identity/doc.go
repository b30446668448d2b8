// Package identity knows who is acting: people, the units they work in, the
// role they have there, and the sessions by which the portal recognises them.
//
// It refuses to say whether an account exists: a wrong address and a wrong
// passphrase take the same time and get the same answer.
package identity
