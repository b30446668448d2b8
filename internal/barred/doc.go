// Package barred owns the register of people who may not direct or own an agency: who,
// why, by which decision, from when until when, and when it was lifted.
//
// It refuses to bar or to lift by one officer: both wait for a second one. It refuses to
// know people by a name: the phoenix check finds them by a document, or by a name with
// the birth date that belongs to it.
package barred
