package desk

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Admit wraps the desk's keys to a member who is new. That they are a member,
// two people decided before. Somebody whose own key is not their first lost a
// passphrase, or says so: that takes a decision of its own, and is a Conflict
// fault here.
func (s *Service) Admit(ctx context.Context, by identity.Holder, person uuid.UUID) error {
	if err := s.require(by.Actor, authority.DeskTend); err != nil {
		return err
	}
	err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		again, err := hadAnotherKey(tx, person)
		if err != nil {
			return err
		}
		if again {
			return fault.New(fault.Conflict, "desk.error.readmission")
		}
		return s.admit(tx, by, person, "")
	})
	if err != nil {
		return fmt.Errorf("admit member: %w", err)
	}
	return nil
}

// admit wraps every key that is not destroyed to the person's present key; to
// that key alone, where one is named.
func (s *Service) admit(tx postgres.Tx, by identity.Holder, person uuid.UUID, memberKey string) error {
	r, err := s.open(tx, by)
	if err != nil {
		return err
	}
	if err := lockUnit(tx, r.unit.Code); err != nil {
		return err
	}
	members, err := s.eligible(tx, r.unit)
	if err != nil {
		return err
	}
	m, is := isMember(members, person)
	if !is || memberKey != "" && m.Key.ID != memberKey {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	// What lay wrapped to a key they had before opens for nobody any more.
	if err := dropWraps(tx, r.unit.ID, person, m.Key.ID); err != nil {
		return err
	}
	for _, key := range r.keys {
		if err := s.rewrapTo(tx, by.Actor, r.unit.ID, key, person, m.Key); err != nil {
			return err
		}
	}
	return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.admit", ObjectKind: "person", ObjectID: person})
}
