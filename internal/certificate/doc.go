// Package certificate signs what the register says of a licence, so that anybody can
// check it without the portal: the certificate that hangs on an agency's wall, and
// the proof that somebody checked an agency on a day.
//
// A code is a short binary payload with an Ed25519 signature (RFC 8032), written in
// Crockford's base 32. It says what was true when it was made; whether it still is,
// the portal says, or its signed list of licences that do not hold.
//
// It refuses to know who checks: a proof has a number and a day, and is kept nowhere.
package certificate
