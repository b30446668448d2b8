// Package decision is the page where proposals wait for a second person, and its
// twin for programs.
//
// It refuses to be a way round: both doors lead to the same use case, with the
// same session, the same token and the same key.
package decision
