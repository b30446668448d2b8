// Package register answers the public's question: which agency is this, and is
// the name, phone or person I am dealing with listed for it?
//
// It reads what agency and licensing write. It refuses to vouch: it says what a
// source lists, for whom and until when, and never that somebody is honest,
// since impostors borrow the names of real agencies. It keeps and logs nothing
// of what is asked.
package register
