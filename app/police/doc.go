// Package police is the desk of the national investigation unit: the inbox of
// escalations, one escalation with its pattern, and what a linked complaint
// sealed to the unit. The oversight body has the same desk under an address of
// its own.
//
// It refuses to say more than the seal allows: what the unit does not hold is
// named as not held, with the reason, and never looked for elsewhere.
package police
