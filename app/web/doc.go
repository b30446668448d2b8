// Package web is what all audiences share at the edge: reading a form,
// rendering a page, recognising the visitor, refusing forgery, answering
// errors, speaking the visitor's language.
//
// It refuses to know a use case: handlers in the audience folders bind a form
// here, call the use case, and render here.
package web
