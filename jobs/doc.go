// Package jobs is the worker: it rings Redis for what the record has promised,
// handles what rings, and rings again what nobody kept.
//
// The road of one promise: the relay claims it in PostgreSQL, commits, and
// puts its id into a queue; a handler begins, and the use case it calls does
// the work and keeps the promise in one transaction. A process may die
// between any two of these steps and Redis may forget everything: the sweeper
// finds what stayed open after its lease and the relay rings it once more. All
// counting of tries, waiting between them and giving up happens in
// PostgreSQL, so that Redis holds nothing that matters.
//
// What is due by the clock alone is a round: one worker of all takes each turn,
// by the clock of the record. Rounds need no Redis.
//
// It refuses business: a handler delegates to one use case. Nothing but ids
// and the numbers of rings enters Redis, and no text of an error enters Redis,
// the record or the log.
package jobs
