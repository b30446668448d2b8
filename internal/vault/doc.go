// Package vault keeps the matching key in a process of its own. A Server holds
// the key and answers over a Unix socket; a Client is a matching.Keyed for
// everybody else, so that whoever reads the memory or the files of a web process
// does not find the key there.
//
// It owns the protocol on the socket, who may connect, how much may be asked (by
// the second and by the day, for each kind of input), and the trail: a line each
// minute of how many were asked and refused.
//
// It refuses to give the key out, to hash what it cannot count, and to write
// down any value: neither the trail nor an error holds a number, a name or a
// token. It does not know why somebody asks; a person who may ask may ask about
// whomever they suspect, only not about everybody.
package vault
