// Package e2e holds the tests of the whole system: the built program, started
// as people start it, a real browser in front of it and real servers behind.
//
// It owns what can only be seen from outside: that the road from a search to an
// acknowledged escalation can be walked, that pages are light, accessible and
// fit a small phone, that nothing is left on the phone or betrayed to a
// stranger, a log or a dump, and that the program starts as it promises.
//
// It refuses to know the inside: no test here calls a use case. What a package
// can be asked by itself is tested there.
package e2e
