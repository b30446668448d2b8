// Package testkit gives every test its own migrated database on a real
// PostgreSQL, the address of a real Redis, and a clock that stands still.
//
// It never skips: without servers a test fails and says how to run it.
package testkit
