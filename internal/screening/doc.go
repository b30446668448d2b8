// Package screening weighs a complaint as soon as it is filed. It loads what
// the record holds about everybody whom the complaint names, asks the rules of
// package pattern, stores what they find, folds it into the one open alert of
// each subject and hands an alert that rises to amber or red to investigators,
// all in one transaction.
//
// It does so once for police, over all complaints but those that may not reach
// police, and once more for the oversight body where there are such, over the
// whole: each audience is told as if there were nothing else.
//
// It owns evaluations, findings, alerts and the reading of rule_settings.
//
// It refuses to know people: it reads coarse answers, days and keyed tokens,
// and opens nothing sealed. It refuses thresholds that nobody set: a rule
// without a setting in force does not run, and that is logged and listed. It
// refuses to hold back: what the rules find is escalated without anybody's
// leave. It sanctions nobody.
//
// # Exactly once in effect
//
// A job may run many times. The promise is locked, each subject is locked for
// the transaction, and what must not happen twice is a constraint: one
// evaluation per complaint and ruleset, one finding per rule, version, subject,
// window, evidence and audience, one open alert per subject and audience, one
// escalation per alert and grade.
package screening
