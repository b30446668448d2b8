package identity

import (
	"bytes"
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Acceptance is somebody with an invitation.
type Acceptance struct{ Code, Passphrase string }

// invitationRefused is the one answer to a code that is wrong, used, revoked or
// too old.
func invitationRefused() error { return fault.Field("code", "account.invitation.refused") }

// Accept takes an invitation: the person gets the passphrase, a key of their own
// and a session. Second factors, sessions and the key of before are gone; what
// was wrapped to that key opens again when a colleague has admitted them. The
// entry is empty for somebody whose role nobody has granted yet.
func (s *Sessions) Accept(ctx context.Context, in Acceptance) (Entry, error) {
	if err := s.take(ctx, s.hit(invitationsTried())); err != nil {
		return Entry{}, err
	}
	// What is wrong with any passphrase is said before the code is looked at.
	if err := CheckPassphrase("passphrase", in.Passphrase); err != nil {
		return Entry{}, err
	}
	var found invitedRow
	err := s.db.Read(ctx, Door(), func(tx postgres.Tx) (err error) {
		found, err = s.invitation(tx, in.Code, false)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("accept invitation: %w", err)
	}
	if err := CheckPassphrase("passphrase", in.Passphrase, found.Email, found.Name); err != nil {
		return Entry{}, err
	}
	secret, err := s.newSecret(ctx, in.Passphrase)
	if err != nil {
		return Entry{}, err
	}
	var who personRow
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		who, err = s.admit(tx, in.Code, secret)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("accept invitation: %w", err)
	}
	if who.UnitID == nil {
		return Entry{}, nil
	}
	member, err := seal.UnwrapMember(who.ID, secret.under, who.Key)
	if err != nil {
		return Entry{}, fmt.Errorf("accept invitation: %w", err)
	}
	return s.open(ctx, who, member, func(postgres.Tx) error { return nil })
}

// admit uses the invitation up and gives its person the secret.
func (s *Sessions) admit(tx postgres.Tx, code string, secret Secret) (personRow, error) {
	found, err := s.invitation(tx, code, false)
	if err != nil {
		return personRow{}, err
	}
	if err := s.people.Hold(tx, found.PersonID); err != nil {
		return personRow{}, err
	}
	if found, err = s.invitation(tx, code, true); err != nil {
		return personRow{}, err
	}
	if err := acceptInvitation(tx, found.ID, s.clock.Now()); err != nil {
		return personRow{}, err
	}
	if err := deleteFactors(tx, found.PersonID); err != nil {
		return personRow{}, err
	}
	if err := s.endOthers(tx, Door(), found.PersonID, uuid.Nil); err != nil {
		return personRow{}, err
	}
	if _, err := s.people.SetSecret(tx, found.PersonID, secret); err != nil {
		return personRow{}, err
	}
	for _, done := range []string{invitationUsed, memberKeyReplaced} {
		if err := note(tx, Door(), done, aPerson, found.PersonID); err != nil {
			return personRow{}, err
		}
	}
	hats, err := findPerson(tx, found.PersonEmail)
	return s.people.genuineHat(hats), err
}

// invitation finds one that may be accepted now.
func (s *Sessions) invitation(tx postgres.Tx, code string, lock bool) (invitedRow, error) {
	r, err := findInvitation(tx, hashCode(code), lock)
	if err != nil {
		return r, err
	}
	switch {
	case r.ID == uuid.Nil,
		!s.people.pins.Check(r.Pin, invitationPin, r.invitation().parts()...),
		r.AcceptedAt != nil, r.RevokedAt != nil, !s.clock.Now().Before(r.ExpiresAt),
		r.DeactivatedAt != nil, !s.people.Returned(r.PersonID, r.Closings, r.ReturnPin), r.Email != r.PersonEmail,
		// One administrator alone makes nobody's account another's.
		r.HasPassphrase && r.DecisionID == nil && r.IssuedBy != nil:
		return invitedRow{}, invitationRefused()
	}
	return r, s.asDecided(tx, r)
}

// asDecided refuses a readmission to more, or to another key, than two people
// spoke of.
func (s *Sessions) asDecided(tx postgres.Tx, r invitedRow) error {
	if r.DecisionID == nil {
		return nil
	}
	now, err := s.people.Holding(tx, r.PersonID)
	if err == nil && !bytes.Equal(now.Digest(), r.Holding) {
		err = invitationRefused()
	}
	return err
}
