// Package letter tells one person by mail that something waits for them in the
// portal. It owns the deliveries: who is told of what, once for each step of
// it, and whether the letter went out.
//
// It refuses to say anything: neither subject nor text tells what waits, how
// pressing it is or whom it is about, since mail lies open on its way and stays
// in mailboxes. It refuses to choose: who is to be told is for the subject to
// know that something became of.
package letter
