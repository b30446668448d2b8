// Package licensing owns the road from an application to a licence: the agency
// head files, an officer decides, and a grant is one number for the agency with
// a period of validity for each grant.
//
// It refuses to know a licence term: how long a licence lasts is law, no law is
// configured yet, and so the officer enters the last day. It refuses a second
// open application of one agency, a decision without a reason, a decision by
// the person who filed, and a second decision.
package licensing
