package identity

import (
	"github.com/fairpassage/portal/internal/audit/entry"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// What happens at the door, as the audit log has it. Refused attempts are not
// in it: who makes one is nobody yet, so an entry could name an account alone,
// and only one that exists; whoever guesses would write as many rows as they
// like into a log from which nothing is ever taken. They are counted in
// attempts. A right passphrase without the factor that should follow is told
// all the same: it leaves a session.halfway without a session.opened.
const (
	sessionHalfway    = "session.halfway"
	sessionOpened     = "session.opened"
	sessionConfirmed  = "session.confirmed"
	sessionEnded      = "session.ended"
	terminalOpened    = "terminal.opened"
	factorAdded       = "factor.added"
	factorRemoved     = "factor.removed"
	recoveryCodeUsed  = "recovery.code_used" // a recovery code, which is gone with it
	recoveryCodesMade = "recovery.codes_made"
	passphraseChanged = "passphrase.changed"
	memberKeyReplaced = "member_key.replaced"
	invitationUsed    = "invitation.accepted"
)

// Author is the actor as the audit log names them.
func (a Actor) Author() entry.Author {
	author := entry.Author{Kind: string(a.Kind), Process: a.Process}
	if a.Kind == KindStaff {
		author.Person, author.Unit = a.PersonID, a.UnitID
	}
	return author
}

// note records a deed in the transaction that does it.
func note(tx postgres.Tx, by Actor, action, kind string, key uuid.UUID) error {
	return entry.Add(tx, entry.Entry{By: by.Author(), Action: action, ObjectKind: kind, ObjectID: key})
}

// The kinds of object that entries of the door name.
const (
	aSession = "session"
	aFactor  = "factor"
	aPerson  = "person"
)
