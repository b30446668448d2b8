package people

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// readmissionLife is how long an approval to readmit somebody is good for, until
// the person has chosen another passphrase.
const readmissionLife = 72 * time.Hour

// ProposeReadmission proposes that somebody who lost their passphrase may choose
// another. Whoever holds the code becomes that person, so every unit whose cases
// they read decides, each for itself, or another administrator where they read
// none. It returns the first proposal; units that agreed, or were asked already,
// are not asked again.
func (s *Service) ProposeReadmission(ctx context.Context, by identity.Actor, key uuid.UUID) (proposal uuid.UUID, err error) {
	if err := authority.Require(by, authority.PeopleManage, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		if err := s.deps.People.Hold(tx, key); err != nil {
			return err
		}
		p, err := load(tx, key)
		if err != nil {
			return err
		}
		if p.State() != Active {
			return fault.New(fault.Conflict, "people.not_so")
		}
		holds, err := s.deps.People.Holding(tx, key)
		if err != nil {
			return err
		}
		left, err := s.notAsked(tx, by, p, holds)
		if err != nil {
			return err
		}
		for _, unitID := range left {
			asked, err := s.deps.Decisions.ProposeIn(tx, by, decision.Proposal{Kind: KindReadmission, Subject: key, UnitID: unitID, Detail: holds})
			if err != nil {
				return err
			}
			if proposal == uuid.Nil {
				proposal = asked
			}
		}
		return nil
	})
	if err = proposed(err); err != nil {
		return uuid.Nil, fmt.Errorf("propose readmission: %w", err)
	}
	return proposal, nil
}

// notAsked lists the units that have to be asked. That there is none left is a
// Conflict fault.
func (s *Service) notAsked(tx postgres.Tx, by identity.Actor, p Person, holds identity.Holding) (left []uuid.UUID, err error) {
	agreed, waiting, err := s.agreements(tx, p, holds)
	if err != nil {
		return nil, err
	}
	units := readIn(p)
	if len(units) == 0 {
		units = []uuid.UUID{by.UnitID}
	}
	code := "people.readmit.agreed"
	for _, unitID := range units {
		switch {
		case slices.Contains(waiting, unitID):
			code = "decision.waits_already"
		case agreed[unitID].ID == uuid.Nil:
			left = append(left, unitID)
		}
	}
	if len(left) == 0 {
		return nil, fault.New(fault.Conflict, code)
	}
	return left, nil
}

// agreements are the genuine approvals, by unit, that still speak of what the
// account holds, are young enough, and of which no code was made out; and the
// units that were asked the same and have not answered.
func (s *Service) agreements(tx postgres.Tx, p Person, holds identity.Holding) (agreed map[uuid.UUID]decision.Decision, waiting []uuid.UUID, err error) {
	open, err := readmissions(tx, p.ID)
	if err != nil {
		return nil, nil, err
	}
	agreed, since := map[uuid.UUID]decision.Decision{}, s.deps.Clock.Now().Add(-readmissionLife)
	for _, r := range open {
		asked, err := read[identity.Holding](decision.Decision{Kind: KindReadmission, Detail: []byte(r.Detail)})
		if err != nil {
			return nil, nil, err
		}
		if !bytes.Equal(asked.Digest(), holds.Digest()) {
			continue
		}
		if r.State == decision.Waiting {
			waiting = append(waiting, r.UnitID)
			continue
		}
		d, err := decision.Approval(tx, s.deps.People, r.ID, KindReadmission, p.ID, since)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		agreed[d.UnitID] = d
	}
	return agreed, waiting, nil
}

// readmission is what lets somebody with a passphrase get another: the oldest of
// the decisions that it takes. One that is missing is a Conflict fault.
func (s *Service) readmission(tx postgres.Tx, p Person) (oldest decision.Decision, err error) {
	holds, err := s.deps.People.Holding(tx, p.ID)
	if err != nil {
		return decision.Decision{}, err
	}
	agreed, _, err := s.agreements(tx, p, holds)
	if err != nil {
		return decision.Decision{}, err
	}
	needed := readIn(p)
	if len(needed) == 0 {
		for unitID := range agreed {
			needed = []uuid.UUID{unitID} // concerns let administrators alone decide
		}
	}
	for _, unitID := range needed {
		d := agreed[unitID]
		if d.ID == uuid.Nil {
			return decision.Decision{}, fault.New(fault.Conflict, "people.readmit.first")
		}
		if oldest.ID == uuid.Nil || d.DecidedAt.Before(oldest.DecidedAt) {
			oldest = d
		}
	}
	if oldest.ID == uuid.Nil {
		return decision.Decision{}, fault.New(fault.Conflict, "people.readmit.first")
	}
	return oldest, nil
}

// readIn lists the units whose cases the person may come to read.
func readIn(p Person) (units []uuid.UUID) {
	for _, r := range p.Roles {
		if authority.ReadsCases(r.UnitKind, r.Role) && !slices.Contains(units, r.UnitID) {
			units = append(units, r.UnitID)
		}
	}
	return units
}

// mayReadmit asks that the account still holds what the proposal speaks of, and
// that the unit is one of those that have to agree.
func (r rules) mayReadmit(tx postgres.Tx, _ identity.Actor, d decision.Decision) error {
	asked, err := read[identity.Holding](d)
	if err != nil {
		return err
	}
	if err := r.people.Hold(tx, d.Subject); err != nil {
		return err
	}
	p, err := load(tx, d.Subject)
	if err != nil {
		return err
	}
	holds, err := r.people.Holding(tx, d.Subject)
	if err != nil {
		return err
	}
	_, keyErr := r.people.Key(tx, d.Subject, asked.Key)
	concerned, err := concerns(tx, p, d.UnitID)
	if err == nil && (p.State() != Active || !bytes.Equal(asked.Digest(), holds.Digest()) || keyErr != nil || !concerned) {
		err = fault.New(fault.Conflict, "people.readmit.changed")
	}
	return err
}

// concerns reports whether the unit is one of those that decide about the
// person: where they read no cases, a unit of administration.
func concerns(tx postgres.Tx, p Person, unitID uuid.UUID) (bool, error) {
	if units := readIn(p); len(units) > 0 {
		return slices.Contains(units, unitID), nil
	}
	u, err := unit(tx, unitID)
	return u.Kind == identity.UnitAdministration, err
}

// readmit has no effect of its own: an administrator makes out the invitation,
// when all have agreed.
func readmit(tx postgres.Tx, d decision.Decision) error {
	return audit.Record(tx, entry(d.By, "person.readmit", d.Subject))
}

func readmissionFacts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	asked, err := read[identity.Holding](d)
	if err != nil {
		return nil, err
	}
	facts, err := personFacts(tx, d)
	return append(facts, decision.Fact{Key: "people.fact.key", Text: asked.Key}), err
}
