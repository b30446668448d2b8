package identity

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Terminal is somebody at the terminal of a command.
type Terminal struct {
	Email, Passphrase string
	// Unit is the code of the unit they work for; "" is their first one.
	Unit string
	// Code is asked, once the passphrase was right, of somebody with a second
	// factor: for one of the codes that they have. nil knows none.
	Code func(Codes) (string, error)
	// Optional lets somebody in who has no second factor, as in a demonstration.
	Optional bool
}

// Codes says which codes somebody can give where there is no browser; at least
// one of them. A security key needs one.
type Codes struct{ App, Recovery bool }

// AtTerminal is who that address and passphrase belong to. It opens no session.
// It asks what signing in asks, under the same limits: a second factor of
// whoever has one, used up by it. What is wrong is answered as there. Somebody
// with security keys alone, and somebody who has to enrol a factor first, get a
// Conflict fault.
func (s *Sessions) AtTerminal(ctx context.Context, in Terminal) (Holder, error) {
	email := plainEmail(in.Email)
	hits := s.signInHits(email, "")
	if err := s.take(ctx, hits...); err != nil {
		return Holder{}, err
	}
	var who personRow
	err := s.db.Read(ctx, Door(), func(tx postgres.Tx) (err error) {
		who, err = s.hat(tx, email, in.Unit)
		return err
	})
	if err != nil {
		return Holder{}, fmt.Errorf("recognise person: %w", err)
	}
	under, matches, err := s.compare(ctx, who.Verifier, in.Passphrase)
	if err != nil {
		return Holder{}, err
	}
	if !matches || who.DeactivatedAt != nil {
		return Holder{}, notRecognised()
	}
	if who.Key == nil {
		return Holder{}, fault.New(fault.Conflict, "desk.no_member_key")
	}
	if err := s.atTerminal(ctx, who, in, hits); err != nil {
		return Holder{}, fmt.Errorf("recognise person: %w", err)
	}
	member, err := seal.UnwrapMember(who.ID, under, who.Key)
	if err != nil {
		return Holder{}, fmt.Errorf("unlock member key: %w", err)
	}
	by := who.actor(uuid.Nil)
	by.FreshUntil = s.clock.Now().Add(freshLife)
	return Holder{Actor: by, Member: member}, nil
}

// hat is the person's first genuine membership in the unit of that code, or in
// any; the zero row when there is none.
func (s *Sessions) hat(tx postgres.Tx, email, unit string) (personRow, error) {
	hats, err := findPerson(tx, email)
	if err != nil {
		return personRow{}, err
	}
	var there []personRow
	for _, h := range hats {
		if unit == "" || h.UnitCode == unit {
			there = append(there, h)
		}
	}
	return s.people.genuineHat(there), nil
}

// atTerminal is the second step of somebody whose passphrase was right.
func (s *Sessions) atTerminal(ctx context.Context, who personRow, in Terminal, hits []hit) error {
	by := who.actor(uuid.Nil)
	if !who.Guarded {
		if !in.Optional {
			return fault.New(fault.Conflict, "account.terminal.no_factor")
		}
		return s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
			if err := forgive(tx, hits); err != nil {
				return err
			}
			return note(tx, by, terminalOpened, aPerson, who.ID)
		})
	}
	has, err := s.codes(ctx, by, hits)
	if err != nil {
		return err
	}
	if in.Code == nil || has == (Codes{}) {
		return fault.New(fault.Conflict, "account.terminal.no_code")
	}
	code, err := in.Code(has)
	if err != nil {
		return err
	}
	return s.proveAtTerminal(ctx, who, in.Unit, Proof{Code: code})
}

// codes forgives the attempt, whose passphrase was right, and finds out which
// codes the person can give.
func (s *Sessions) codes(ctx context.Context, by Actor, hits []hit) (has Codes, err error) {
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		if err := forgive(tx, hits); err != nil {
			return err
		}
		rows, err := s.people.factors(tx, by.PersonID)
		if err != nil {
			return err
		}
		for _, r := range rows {
			has.App = has.App || r.Kind == FactorApp
			has.Recovery = has.Recovery || r.Kind == FactorRecovery
		}
		return note(tx, by, sessionHalfway, aPerson, by.PersonID)
	})
	return has, err
}

// proveAtTerminal uses the code up, of somebody who is still who they were when
// they were asked for it.
func (s *Sessions) proveAtTerminal(ctx context.Context, was personRow, unit string, proof Proof) error {
	hits := s.codeHits(was.Email, "", proof)
	if err := s.take(ctx, hits...); err != nil {
		return err
	}
	return s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		who, err := s.hat(tx, was.Email, unit)
		if err != nil {
			return err
		}
		if who.ID != was.ID || who.Verifier != was.Verifier || !who.Guarded || who.DeactivatedAt != nil {
			return notRecognised()
		}
		if err := s.prove(tx, was.actor(uuid.Nil), proof, nil); err != nil {
			return err
		}
		if err := forgive(tx, hits); err != nil {
			return err
		}
		return note(tx, was.actor(uuid.Nil), terminalOpened, aPerson, was.ID)
	})
}
