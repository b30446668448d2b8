// Package periodic lets several processes share work that is due again and
// again, so that each turn is taken by one of them. Turns go by the clock of
// the record: all processes see the same one.
//
// It refuses to know what the work is. A turn that its process did not survive
// is not repeated; the next one comes anyway.
package periodic
