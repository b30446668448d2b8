// Package public is the site of people without an account: check a recruiter,
// tell us, follow up. One file a use case.
//
// Its pages run without a script, keep nothing on the phone, and know no staff
// session.
package public
