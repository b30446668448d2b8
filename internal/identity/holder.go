package identity

import (
	"context"
	"fmt"
	"strings"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
)

// Holder is a person with their own key in hand: somebody signed in, or at the
// terminal of a command. A locked Member opens nothing.
type Holder struct {
	Actor
	Member seal.Member
}

// Holder unlocks the signed-in person's key with the session's token.
func (s Session) Holder(token string) (Holder, error) {
	member, err := s.Member(token)
	if err != nil {
		return Holder{}, fmt.Errorf("unlock member key: %w", err)
	}
	return Holder{Actor: s.Actor, Member: member}, nil
}

// AtTerminal is who that address and passphrase belong to, in the unit of that
// code, or in their first one when unit is "". It opens no session. What is
// wrong is answered as at signing in, and counts as an attempt.
func (s *Sessions) AtTerminal(ctx context.Context, email, passphrase, unit string) (Holder, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if err := s.take(ctx, s.hit(fromStrangers(), []byte(email))); err != nil {
		return Holder{}, err
	}
	var hats []personRow
	err := s.db.Read(ctx, Door(), func(tx postgres.Tx) (err error) {
		hats, err = findPerson(tx, email)
		return err
	})
	if err != nil {
		return Holder{}, fmt.Errorf("recognise person: %w", err)
	}
	var there []personRow
	for _, h := range hats {
		if unit == "" || h.UnitCode == unit {
			there = append(there, h)
		}
	}
	who := s.people.genuineHat(there)
	under, matches, err := s.compare(ctx, who.Verifier, passphrase)
	if err != nil {
		return Holder{}, err
	}
	if !matches || who.DeactivatedAt != nil {
		return Holder{}, notRecognised()
	}
	if who.Key == nil {
		return Holder{}, fault.New(fault.Conflict, "desk.no_member_key")
	}
	member, err := seal.UnwrapMember(who.ID, under, who.Key)
	if err != nil {
		return Holder{}, fmt.Errorf("unlock member key: %w", err)
	}
	return Holder{Actor: who.actor([16]byte{}), Member: member}, nil
}
