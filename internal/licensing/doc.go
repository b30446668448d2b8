// Package licensing owns the road from an application to a licence: the agency
// head files, an officer decides, and a grant is one number for the agency with
// a period of validity for each grant.
//
// It refuses to know a licence term: how long a licence lasts is law
// (internal/policy). Where that is configured no period is longer; where it is
// not, the officer enters the last day and nothing is checked. A period keeps the
// law under which it was granted. It refuses a second
// open application of one agency, a decision without a reason, a decision by
// the person who filed, and a second decision.
package licensing
