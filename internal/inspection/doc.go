// Package inspection owns scored inspections of agencies: who goes where and
// when, what was asked and seen, the agency's reply, and how it ended.
//
// It refuses to know a law of its own: what is asked is dated data
// (inspection_standards), points and the time to reply are policies. Where those
// are not configured an inspection is not scored, has no deadline, and never
// passes. It refuses to show an agency anything before the inspection is sent to
// it, to change what was sent, a reply after its last day, and a closing by
// somebody who inspected.
package inspection
