package identity

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// FactorKind says what somebody shows beside the passphrase.
type FactorKind string

// The kinds of second factor. Recovery codes stand in for a lost one and do not
// make a second factor alone.
const (
	FactorKey      FactorKind = "key"      // a security key or the device's own (WebAuthn)
	FactorApp      FactorKind = "app"      // an authenticator app (TOTP)
	FactorRecovery FactorKind = "recovery" // a code on paper, once
)

// Factor is one second factor of a person, without its secret.
type Factor struct {
	ID     uuid.UUID
	Kind   FactorKind
	Name   string
	MadeAt time.Time
	UsedAt *time.Time
}

// Factors are what a person has beside the passphrase.
type Factors struct {
	All      []Factor // keys and apps, the oldest first
	Recovery int      // codes left
}

// Proof is what somebody shows in the second step; one of its fields is filled.
type Proof struct {
	Code       string // six digits of an app, or a recovery code
	Answer     string // a security key's, as JSON
	Passphrase string // to confirm, of somebody without a second factor
}

// guessable reports whether the proof could be hit by trying: six digits.
func (p Proof) guessable() bool { return p.Answer == "" && len(digits(p.Code)) <= appDigits }

// A wrong, used or unknown code gets one answer, and so does a key's.
func codeRefused() error { return fault.Field("code", "account.factor.code_refused") }
func keyRefused() error  { return fault.Field("answer", "account.factor.key_refused") }

// Factors lists the actor's own.
func (s *Sessions) Factors(ctx context.Context, actor Actor) (Factors, error) {
	var list Factors
	err := s.db.Read(ctx, Door(), func(tx postgres.Tx) error {
		rows, err := s.people.factors(tx, actor.PersonID)
		for _, r := range rows {
			if r.Kind == FactorRecovery {
				list.Recovery++
				continue
			}
			list.All = append(list.All, Factor{ID: r.ID, Kind: r.Kind, Name: r.Name, MadeAt: r.MadeAt, UsedAt: r.UsedAt})
		}
		return err
	})
	if err != nil {
		return Factors{}, fmt.Errorf("list second factors: %w", err)
	}
	return list, nil
}

// RemoveFactor takes away a key or an app of the actor. The last one stays
// unless a second factor is optional, as in a demonstration; then the recovery
// codes go with it. It asks for a fresh session, as every change of factors does.
func (s *Sessions) RemoveFactor(ctx context.Context, actor Actor, factor uuid.UUID, optional bool) error {
	if err := actor.RequireFresh(s.clock.Now()); err != nil {
		return err
	}
	err := s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		if err := lockPerson(tx, actor.PersonID); err != nil {
			return err
		}
		rows, err := s.people.factors(tx, actor.PersonID)
		if err != nil {
			return err
		}
		others, found := 0, false
		for _, r := range rows {
			switch {
			case r.Kind == FactorRecovery:
			case r.ID == factor:
				found = true
			default:
				others++
			}
		}
		switch {
		case !found:
			return fault.New(fault.NotFound, "problem.not_found")
		case others == 0 && !optional:
			return fault.Field("factor", "account.factor.last")
		}
		if err := s.removeFactor(tx, actor, factor, others == 0); err != nil {
			return err
		}
		return note(tx, actor, factorRemoved, aFactor, factor)
	})
	if err != nil {
		return fmt.Errorf("remove second factor: %w", err)
	}
	return nil
}

func (s *Sessions) removeFactor(tx postgres.Tx, actor Actor, factor uuid.UUID, last bool) error {
	if !last {
		return deleteFactor(tx, actor.PersonID, factor)
	}
	if err := deleteFactors(tx, actor.PersonID); err != nil {
		return err
	}
	return s.people.guard(tx, actor.PersonID, false)
}

// addFactor stores the factor. With the first one the person is guarded from
// now on, and their other sessions, which were opened without it, end.
func (s *Sessions) addFactor(tx postgres.Tx, actor Actor, row factorRow) error {
	row.Pin = s.people.pinOfFactor(row)
	if err := insertFactor(tx, row); err != nil {
		return err
	}
	if err := note(tx, actor, factorAdded, aFactor, row.ID); err != nil {
		return err
	}
	was, err := s.people.credential(tx, actor.PersonID)
	if err != nil || was.Guarded {
		return err
	}
	if err := s.people.guard(tx, actor.PersonID, true); err != nil {
		return err
	}
	return s.endOthers(tx, actor, actor.PersonID, actor.SessionID)
}

// factors are the genuine ones.
func (p *People) factors(tx postgres.Tx, person uuid.UUID) ([]factorRow, error) {
	all, err := factorsOf(tx, person)
	if err != nil {
		return nil, err
	}
	var genuine []factorRow
	for _, r := range all {
		if p.pins.Check(r.Pin, factorPin, r.parts()...) {
			genuine = append(genuine, r)
		}
	}
	return genuine, nil
}

const factorPin = "second factor"

func (p *People) pinOfFactor(r factorRow) []byte { return p.pins.Pin(factorPin, r.parts()...) }

// guard writes whether the person has a second factor into the pinned credential.
func (p *People) guard(tx postgres.Tx, person uuid.UUID, guarded bool) error {
	c, err := p.credential(tx, person)
	if err != nil {
		return err
	}
	return guardCredential(tx, person, guarded, p.pinOfCredential(person, c.Verifier, guarded))
}

// credential returns the person's, which must be genuine.
func (p *People) credential(tx postgres.Tx, person uuid.UUID) (credentialRow, error) {
	c, err := findCredential(tx, person)
	if err == nil && !p.genuineCredential(person, c.Verifier, c.Guarded, c.Pin) {
		err = fault.New(fault.NotFound, "problem.not_found")
	}
	return c, err
}

// prove checks a code or a key's answer, and uses it up. challenge is what the
// key was asked, opened and already taken from the record; nil for none.
func (s *Sessions) prove(tx postgres.Tx, by Actor, proof Proof, challenge []byte) error {
	rows, err := s.people.factors(tx, by.PersonID)
	if err != nil {
		return err
	}
	code := strings.TrimSpace(proof.Code)
	switch {
	case proof.Answer != "":
		return s.proveKey(tx, by.PersonID, rows, proof.Answer, challenge)
	case len(digits(code)) == appDigits && len(code) <= longestAppCode:
		return s.proveApp(tx, rows, digits(code))
	default:
		return s.proveRecovery(tx, by, rows, code)
	}
}
