package certificate

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Service issues and checks. It is safe for concurrent use.
type Service struct {
	db     *postgres.DB
	clock  clock.Clock
	home   country.Home
	signer *Signer
	keys   Keys
}

// New returns the use cases under the signing key of an installation, which believes
// what its former keys signed.
func New(db *postgres.DB, clk clock.Clock, home country.Home, signer *Signer, former Keys) *Service {
	return &Service{db: db, clock: clk, home: home, signer: signer, keys: KeysOf(signer.Public()).And(former)}
}

// Today returns the calendar day in the country, at midnight UTC.
func (s *Service) Today() time.Time { return s.home.Today(s.clock.Now()) }

// Keys are the public keys, as a file for those who check without the portal.
func (s *Service) Keys() string { return s.keys.String() }

// Certificate is one, with what it says.
type Certificate struct {
	Serial               uint32
	Code                 string
	NameLatin, NameLocal string
	Number               string
	From, Until          time.Time
	Scope                []licensing.ScopeLine
	IssuedAt             time.Time
}

// Issue returns the certificate of an agency's licence as it is today: the one that
// was issued for the same facts, or a new one. A licence that does not hold has
// none, which is a Conflict fault.
func (s *Service) Issue(ctx context.Context, actor identity.Actor, agency uuid.UUID) (Certificate, error) {
	if err := mayIssue(actor, agency); err != nil {
		return Certificate{}, err
	}
	var c Certificate
	err := s.db.InTx(ctx, actor, func(tx postgres.Tx) error {
		licence, err := licensing.HoldLicence(tx, agency)
		if err != nil {
			return err
		}
		if licence.StateOn(s.Today()) != licensing.Licensed {
			return fault.New(fault.Conflict, "certificate.none")
		}
		if c.NameLatin, c.NameLocal, err = licensing.NamesOf(tx, agency); err != nil {
			return err
		}
		scope, err := licensing.ScopeOn(tx, agency, s.Today())
		if err != nil {
			return err
		}
		c.Number, c.Scope = licence.Number, scope.Lines
		for _, p := range licence.Periods {
			if p.Covers(s.Today()) {
				c.From, c.Until = p.From, p.Until
			}
		}
		return s.issue(tx, actor, agency, scope.Period, &c)
	})
	if err != nil {
		return Certificate{}, fmt.Errorf("issue certificate: %w", err)
	}
	return c, nil
}

func mayIssue(actor identity.Actor, agency uuid.UUID) error {
	if actor.UnitKind == identity.UnitAgency {
		return authority.Require(actor, authority.LicenceRead, authority.Object{AgencyID: agency})
	}
	return authority.Require(actor, authority.RegisterList, authority.Object{})
}

func (s *Service) issue(tx postgres.Tx, actor identity.Actor, agency, period uuid.UUID, c *Certificate) error {
	payload := Payload{
		Kind: Licence, State: licensing.Licensed, Number: c.Number, Name: NameMark(c.NameLatin, c.NameLocal), From: c.From, Until: c.Until, Scope: c.Scope,
	}
	// What is said, without when and as which one: the same facts are one certificate.
	facts := sha256.Sum256(payload.marshal())
	row, found, err := findFor(tx, agency, facts[:])
	if err != nil {
		return err
	}
	if _, reason := Read(row.Code, s.keys); found && reason != Valid {
		// Signed by a key that nobody trusts any more: a new one takes its place.
		facts = sha256.Sum256(append(s.signer.id[:], facts[:]...))
		if row, found, err = findFor(tx, agency, facts[:]); err != nil {
			return err
		}
	}
	if !found {
		row.IssuedAt = s.clock.Now().UTC().Truncate(time.Microsecond)
		if row.Serial, err = insert(tx, agency, period, facts[:], row.IssuedAt); err != nil {
			return err
		}
		payload.Serial, payload.Day = row.Serial, s.Today()
		row.Code = s.signer.Sign(payload)
		if err := sign(tx, row.Serial, row.Code); err != nil {
			return err
		}
		if err := audit.Record(tx, audit.Entry{Actor: actor, Action: "certificate.issued", ObjectKind: "agency", ObjectID: agency}); err != nil {
			return err
		}
	}
	c.Serial, c.Code, c.IssuedAt = row.Serial, row.Code, row.IssuedAt
	return nil
}

// Prove signs what the register says of an agency now, for whoever asked. It is
// numbered and kept nowhere.
func (s *Service) Prove(ctx context.Context, slug string) (code string, err error) {
	err = s.db.InTx(ctx, identity.Public(), func(tx postgres.Tx) error {
		agency, found, err := agencyBySlug(tx, slug)
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.NotFound, "problem.not_found")
		}
		now, err := s.now(tx, agency)
		if err != nil {
			return err
		}
		p := Payload{
			Kind: Check, Day: s.Today(), State: now.State, Number: now.Number, Name: NameMark(now.NameLatin, now.NameLocal), From: now.From, Until: now.Until, Scope: now.Scope,
		}
		if p.Serial, err = nextCheck(tx); err != nil {
			return err
		}
		code = s.signer.Sign(p)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("prove a check: %w", err)
	}
	return code, nil
}

// Now is what the register says of an agency today.
type Now struct {
	NameLatin, NameLocal string
	Slug                 string
	State                licensing.State
	Number               string
	From, Until          time.Time // of the period that runs, or of the last
	Scope                []licensing.ScopeLine
	Newest               uint32 // serial of the newest certificate, 0 without one
}

func (s *Service) now(tx postgres.Tx, agency agencyRow) (Now, error) {
	n := Now{NameLatin: agency.NameLatin, NameLocal: agency.NameLocal, Slug: agency.Slug, Newest: agency.Newest}
	licence, err := licensing.LicenceOf(tx, agency.ID)
	if err != nil {
		return Now{}, err
	}
	n.State, n.Number = licence.StateOn(s.Today()), licence.Number
	for _, p := range licence.Periods {
		if n.From.IsZero() || !p.From.After(s.Today()) {
			n.From, n.Until = p.From, p.Until
		}
	}
	scope, err := licensing.ScopeOn(tx, agency.ID, s.Today())
	n.Scope = scope.Lines
	return n, err
}

// Verified is what a code says, and what holds today.
type Verified struct {
	Payload Payload
	Reason  Reason
	// Now is nil where the code is not ours, or its agency is not found.
	Now *Now
	// SameName says that the agency is called today as the code has it.
	SameName bool
}

// Verify checks a code against the signature, and what it says against the register
// of today.
func (s *Service) Verify(ctx context.Context, code string) (Verified, error) {
	v := Verified{}
	if v.Payload, v.Reason = Read(code, s.keys); v.Reason != Valid {
		return v, nil
	}
	err := s.db.Read(ctx, identity.Public(), func(tx postgres.Tx) error {
		agency, found, err := agencyByNumber(tx, v.Payload.Number)
		if err != nil || !found {
			return err
		}
		now, err := s.now(tx, agency)
		v.Now, v.SameName = &now, v.Payload.Name == NameMark(now.NameLatin, now.NameLocal)
		return err
	})
	if err != nil {
		return Verified{}, fmt.Errorf("verify: %w", err)
	}
	if v.Payload.Kind == Licence {
		v.Reason = v.today(s.Today())
	}
	return v, nil
}

// today is what a certificate of ours comes to.
func (v Verified) today(today time.Time) Reason {
	if v.Now == nil {
		return NotLicence
	}
	switch v.Now.State {
	case licensing.Revoked, licensing.Surrendered:
		return Revoked
	case licensing.Suspended:
		return Suspended
	default:
	}
	if offline := Offline(v.Payload, today, nil); offline != Valid {
		return offline
	}
	if v.Payload.Serial < v.Now.Newest {
		return Superseded
	}
	return Valid
}

// List signs, for those who check without the portal, which licences do not hold.
func (s *Service) List(ctx context.Context) (string, error) {
	l := List{Day: s.Today(), States: map[string]licensing.State{}}
	var numbers []string
	err := s.db.Read(ctx, identity.Public(), func(tx postgres.Tx) error {
		rows, err := notHolding(tx, s.Today())
		for _, r := range rows {
			l.States[r.Number], numbers = r.State, append(numbers, r.Number)
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("list what does not hold: %w", err)
	}
	return s.signer.SignList(l, numbers), nil
}
