// Package fitness asks of each application, renewal and change whether whoever applies
// is somebody who lost a licence under another name: the phoenix check. Identifiers
// that few share weigh much, those that many share weigh nothing, and a name never
// counts alone.
//
// Officers see what was matched with what. What derives from complaints is kept apart,
// for the oversight body: to the ministry it is the same "second decision required"
// that is set at random where nothing was found.
//
// It refuses to decide: a strong match stops a grant until a second body has looked.
package fitness
