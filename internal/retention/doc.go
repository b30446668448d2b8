// Package retention deletes what has been kept for long enough, and nothing
// else: the sealed items of complaints, and rows such as ended sessions.
//
// How long is a policy, dated and with its source; a kind without one is kept,
// since unknown law is no short default. An item is deleted by destroying its
// shred key (internal/platform/shred), so that it opens in no backup either. The
// order is fixed: the intent is written down, the key is destroyed, the deletion
// is written down. A process that stops anywhere between is followed by one that
// goes on from there.
//
// It refuses to delete what a legal hold covers, and what is evidence: linked to
// a finding, and so to an alert, to an escalation, or to anything that another
// subject has noted with Link. Placing a hold takes one person; lifting it
// takes two, of two units, and another policy two overseers (internal/decision),
// or an operator's command. It refuses policies and liftings that were not
// written by the portal: each carries a pin that whoever has the database alone
// cannot make.
package retention
