// Package subscription tells people by mail, without an account, that the public
// register says something else of an agency than it did.
//
// It owns who asked: an address, sealed, and what the register said when they were last
// told. It compares what the register shows and nothing else, so that a letter can hint
// at no complaint, and a change by the calendar counts as one by an officer.
//
// It refuses to write to an address before somebody confirmed it from there; to say
// whether an address asked before; and to say in a letter what changed, since mail lies
// open on its way.
package subscription
