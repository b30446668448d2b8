package identity

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// invitationLife is how long an invitation may be accepted.
const invitationLife = 72 * time.Hour

// Newcomer is somebody who is to become a person of the portal.
type Newcomer struct {
	Email    string // one account each: there are no shared ones
	Name     string
	Language string // "" means English
}

// Add makes the person and returns their id. They may do nothing until they
// have accepted an invitation and have a role somewhere. An address that has an
// account is a Conflict fault: who asks may manage people and knows them all.
func (p *People) Add(tx postgres.Tx, who Newcomer) (uuid.UUID, error) {
	who.Email = plainEmail(who.Email)
	if who.Language == "" {
		who.Language = "en"
	}
	person := id.New()
	err := insertPerson(tx, person, who, p.clock.Now())
	if postgres.Violates(err, "people_email") {
		return uuid.Nil, fault.New(fault.Conflict, "account.address_taken")
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("add person: %w", err)
	}
	return person, nil
}

// Invitation lets one person choose a passphrase: somebody new, or somebody who
// lost theirs.
type Invitation struct {
	Person uuid.UUID
	Email  string // the person's address, as it is on record
	// IssuedBy is the administrator; the zero id for an operator's command.
	IssuedBy uuid.UUID
	// Decision is the one of two people that lets somebody who has a passphrase
	// get another. Without it such an invitation is never accepted, since
	// whoever holds the code becomes that person. It is good only while the
	// account holds what it holds now.
	Decision uuid.UUID
	// Until is when it ends at the latest; the zero time asks nothing.
	Until time.Time
}

// Invite makes out an invitation for 72 hours and returns its code, which is
// kept nowhere: to be handed to the person themselves, not by the portal. An
// invitation that the person had before is revoked. Who may call it is the
// caller's to ask.
func (p *People) Invite(tx postgres.Tx, in Invitation) (code string, err error) {
	code = newCode()
	now := p.clock.Now()
	row := invitationRow{
		ID: id.New(), PersonID: in.Person, Email: plainEmail(in.Email), TokenHash: hashCode(code),
		IssuedBy: some(in.IssuedBy), DecisionID: some(in.Decision), IssuedAt: now, ExpiresAt: now.Add(invitationLife),
	}
	if !in.Until.IsZero() && in.Until.Before(row.ExpiresAt) {
		row.ExpiresAt = in.Until
	}
	if in.Decision != uuid.Nil {
		holds, err := p.Holding(tx, in.Person)
		if err != nil {
			return "", err
		}
		row.Holding = holds.Digest()
	}
	row.Pin = p.pinOfInvitation(row)
	if err := revokeInvitations(tx, in.Person, now); err != nil {
		return "", fmt.Errorf("revoke earlier invitation: %w", err)
	}
	if err := insertInvitation(tx, row); err != nil {
		return "", fmt.Errorf("invite: %w", err)
	}
	return code, nil
}

// Revoke takes back the invitation that the person has not accepted yet, if
// there is one.
func (p *People) Revoke(tx postgres.Tx, person uuid.UUID) error {
	if err := revokeInvitations(tx, person, p.clock.Now()); err != nil {
		return fmt.Errorf("revoke invitation: %w", err)
	}
	return nil
}

const invitationPin = "invitation"

func (p *People) pinOfInvitation(r invitationRow) []byte {
	return p.pins.Pin(invitationPin, r.parts()...)
}

// newCode returns 130 bits as 26 letters and digits, none of which is easily
// taken for another.
func newCode() string { return newToken() }

// hashCode takes a code as people type it: in groups, in small letters, with
// digits that the alphabet does not have for the letters they look like.
func hashCode(code string) []byte {
	plain := strings.NewReplacer("0", "O", "1", "I", "8", "B", " ", "", "-", "", "\u00a0", "", "\n", "", "\t", "").Replace(strings.ToUpper(code))
	sum := sha256.Sum256([]byte(plain))
	return sum[:]
}

func plainEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func some(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func bytesOf(id *uuid.UUID) []byte {
	if id == nil {
		return nil
	}
	return id[:]
}

// bytesOfTime writes a moment to the microsecond, as PostgreSQL keeps it.
func bytesOfTime(at time.Time) []byte { return bytesOfCount(at.UnixMicro()) }

func bytesOfCount(n int64) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(n))
}
