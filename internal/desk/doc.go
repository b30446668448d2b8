// Package desk keeps the keys of desks: units that receive sealed items.
//
// A desk's public half lies in the database under a pin of the key folder; the
// private half is wrapped to the own key of each admitted member, and split
// among three other desks, two of which restore it. It exists unlocked only in
// a member's request. A key is replaced when a member leaves and every year:
// new complaints go to the new key at once, old envelopes follow in batches in
// a member's session, and then the old key is destroyed.
//
// It refuses to work without a person: what must be wrapped anew waits for a
// key-holder to sign in, and says so. It refuses a public key, a member or a
// wrap that the database alone could have made. It never reads what the
// envelopes guard: data keys go from one envelope to the next within seal.
package desk
