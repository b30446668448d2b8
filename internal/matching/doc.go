// Package matching turns what people type (phones, names, documents, accounts,
// free text) into keys that can be compared: canonical forms, search keys and
// keyed tokens that say "the same as before" without saying what.
//
// It owns the phone pre-cleaner, name folding, bigrams for scripts written
// without spaces, the near-duplicate signature, and Keyed, the one door to the
// key: Hasher holds it here, internal/vault in another process.
//
// It refuses I/O, clocks and randomness: the same input and the same key give
// the same output on every machine and in every year, because the output is
// stored. It decides nothing: a name alone never identifies anybody, and what
// counts as evidence is for the rules to say.
//
// Two outputs are personal data and must stay out of logs, errors and job
// payloads: the E.164 numbers and the rejected cells of Phones. Tokens are
// pseudonyms: harmless without the key, and still not for publication.
package matching
