// Package outbox keeps promises: work that commits in the same transaction as
// the fact that calls for it, and that stays open until a transaction writes
// down that it is done.
//
// PostgreSQL is the record. A relay rings Redis for what is due; whatever
// Redis forgets is rung again. A handler therefore runs at least once, and
// Fulfil makes its effect happen exactly once.
package outbox
