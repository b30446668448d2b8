// Package bench measures the portal against bare yardsticks, and how its cost
// grows with the record.
//
// It owns the benchmarks of `make bench`, the invented records they run on, and
// the table in docs/performance.md.
//
// It refuses to assert how long anything takes: the machine is shared. Real
// work and yardstick take turns in one run, and their ratio is what counts. The
// one thing that fails is a plan that reads a large table whole.
package bench
