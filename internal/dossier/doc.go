// Package dossier is what an agency states about itself when it applies: the
// company, the people who direct, own and work in it, its places, its accounts,
// what it wants to be licensed for.
//
// It is answers in sections; a section has one item or many, an item has fields.
// The sections and fields are data (chapter.go), so that the form, the checklist,
// the comparison of two rounds and the remarks of an officer all follow from one
// list.
//
// It refuses to keep a document's or an account's number: such a field holds a
// keyed token and the last characters, which whoever holds the matching key
// makes. It knows no database, and no law but what it is handed.
package dossier
