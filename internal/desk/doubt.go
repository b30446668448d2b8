package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// handOverLife is how long a hand-over may go on after it was asked for: what was
// agreed once must not be of use, years later, to who can write to the database.
const handOverLife = 90 * 24 * time.Hour

// doubt says why a hand-over that waits is not what two units decided, or "":
// asked for by a member of this unit with their own key, and approved by a member
// of the other with theirs. The row itself proves nothing: whoever has the login
// of the application can write one.
func (s *Service) doubt(tx postgres.Tx, w workRow) (string, error) {
	if w.DecisionID == nil || w.ToUnitID == nil {
		return WhyOther, nil
	}
	d, found, err := decision.Find(tx, *w.DecisionID)
	if err != nil {
		return "", err
	}
	if !found || d.Kind != HandOver || d.State != decision.Approved || d.Subject != w.UnitID || d.ProposedUnit != w.UnitID ||
		d.UnitID != *w.ToUnitID || d.DecidedUnit != *w.ToUnitID {
		return WhyOther, nil
	}
	if why, err := decision.Doubt(tx, s.deps.People, d); err != nil || why != "" {
		return why, err
	}
	a, why, err := asked(tx, s.deps.People, d)
	if err != nil || why != "" {
		return why, err
	}
	if s.deps.Clock.Now().Sub(a.At) > handOverLife {
		return WhyLapsed, nil
	}
	for unit, person := range map[uuid.UUID]uuid.UUID{w.UnitID: a.Person, *w.ToUnitID: d.DecidedBy} {
		u, err := unitByID(tx, unit)
		if err != nil {
			return "", err
		}
		members, err := s.eligible(tx, u)
		if err != nil {
			return "", err
		}
		if _, is := isMember(members, person); !is {
			return WhyNobody, nil
		}
	}
	return "", nil
}

// Doubted is a row about a desk's key that no signature backs. It has no effect.
type Doubted struct {
	ID   uuid.UUID // of the decision, or of what waits
	What string    // a word of the code
	Why  string
}

// Doubts lists the approvals about desks that nobody of the desk asked for, and
// the hand-overs that wait and are refused. by must be a process that sees all.
func (s *Service) Doubts(ctx context.Context, by identity.Actor) (all []Doubted, err error) {
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		all, err = s.DoubtsIn(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for doubtful hand-overs: %w", err)
	}
	return all, nil
}

// DoubtsIn is Doubts within a transaction, for portal audit verify.
func (s *Service) DoubtsIn(tx postgres.Tx) (all []Doubted, err error) {
	approved, err := decision.Approvals(tx, Readmit, Recover, HandOver, Forget)
	if err != nil {
		return nil, err
	}
	for _, d := range approved {
		_, why, err := asked(tx, s.deps.People, d)
		if err != nil {
			return nil, err
		}
		if why != "" {
			all = append(all, Doubted{d.ID, string(d.Kind), why})
		}
	}
	open, err := openHandOvers(tx)
	if err != nil {
		return nil, err
	}
	for _, w := range open {
		why, err := s.doubt(tx, w)
		if err != nil {
			return nil, err
		}
		if why != "" {
			all = append(all, Doubted{w.ID, "desk.work", why})
		}
	}
	return all, nil
}
