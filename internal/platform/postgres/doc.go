// Package postgres is the door to the record. It opens the pool, runs every
// use case in a transaction that names its actor, makes the roles and runs the
// migrations.
//
// It refuses what gorm would allow by default: bound values in a log, a
// transaction without an actor, a session setting that outlives the
// transaction.
package postgres
