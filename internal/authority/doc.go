// Package authority answers one question: may this actor do this to that
// thing? Every route names the action it performs and every use case asks
// again with the object in hand.
//
// It denies by default: an action that is not in its table is refused to
// everybody.
package authority
