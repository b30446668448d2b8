package desk

import (
	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// mayForget asks who proposes for something that they see and that did not move.
// What the approver sees decides what is given up, so nothing more is asked then.
func (s *Service) mayForget(tx postgres.Tx, by identity.Actor, d decision.Decision) error {
	if _, err := s.read(tx, d); err != nil {
		return err
	}
	if d.Subject != d.ProposedUnit || d.UnitID != d.ProposedUnit {
		return fault.New(fault.Conflict, "desk.error.for_oneself")
	}
	if by.PersonID != d.ProposedBy {
		return nil
	}
	u, err := unitByID(tx, d.UnitID)
	if err != nil {
		return err
	}
	n, err := countBehind(tx, u)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "desk.error.nothing_left")
	}
	return err
}

// forget gives up each envelope in the approver's sight that does not open with
// the genuine older key, or whose key no member holds. What opens, and what the
// approver may not see, is not given up, and keeps its key: whether there is such
// a thing shows in nothing that they get to see.
func (s *Service) forget(tx postgres.Tx, d decision.Decision) error {
	by := holder(d)
	r, err := s.open(tx, by)
	if err != nil {
		return err
	}
	if err := lockUnit(tx, r.unit.Code); err != nil {
		return err
	}
	wraps, err := s.wraps(tx, r.unit.ID)
	if err != nil {
		return err
	}
	members, err := s.eligible(tx, r.unit)
	if err != nil {
		return err
	}
	elsewhere := map[string]bool{}
	for _, w := range wraps {
		m, is := isMember(members, w.PersonID)
		elsewhere[w.KeyID] = elsewhere[w.KeyID] || is && m.Key.ID == w.MemberKey
	}
	for at, end := (place{}), false; !end; {
		rows, err := envelopesBehind(tx, r.unit, at, batch)
		if err != nil {
			return err
		}
		end = len(rows) < batch
		for _, e := range rows {
			at = place{e.KeyID, e.ComplaintID}
			key, held := r.keys[e.KeyID]
			if !held && elsewhere[e.KeyID] {
				continue // a colleague may open it
			}
			if held {
				if _, err := key.Open(e.ComplaintID, e.Envelope); err == nil {
					continue
				}
			}
			if err := insertGivenUp(tx, r.unit.ID, e, d.ID); err != nil {
				return err
			}
		}
	}
	if err := audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.give_up", ObjectKind: "unit", ObjectID: r.unit.ID}); err != nil {
		return err
	}
	return s.settle(tx, by, r)
}
