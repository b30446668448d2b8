// Package entry is the one way into the audit log: whoever adds to it, by
// audit.Record or, below that package, identity, ends here.
//
// It knows no actor and no subject: it takes ids and words of the code. Package
// audit says what an entry is for.
package entry
