// Package mail hands a letter to a mail server.
//
// It knows nothing of what a letter says. It refuses to send a password over
// an open line to another machine, and never repeats an address or a server's
// answer in an error: both may name a person.
package mail
