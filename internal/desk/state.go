package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// State is how a desk's key stands, as a member of the desk may see it.
type State struct {
	KeyID  string    // "" while there is none
	MadeAt time.Time // of the current key
	DueAt  time.Time // when the year is over
	Due    Reason    // why it should be replaced now, or ""
	// Admitted: the asking person holds the current key.
	Admitted bool
	// Lost: no member can open it.
	Lost bool
	// HasKey: the asking person has a key of their own in this session.
	HasKey  bool
	Members []Seat
	Shares  []ShareState
	// Missing holders have no share that they can open; it is given out when
	// somebody goes on with the desk's work.
	Missing int
	Work    []Work
	// Contributed holders gave their share of the lost key to the asking person.
	Contributed int
}

// Seat is a member of the desk.
type Seat struct {
	PersonID uuid.UUID
	Name     string
	Role     identity.Role
	Admitted bool
	// Again: their own key is not their first, and a decision is needed.
	Again bool
	Self  bool
}

// ShareState is a desk that holds a share of this one's key.
type ShareState struct{ Name map[string]string }

// Work is something that waits for a key-holder.
type Work struct {
	Kind                 string // rotate, leave, recover or handover
	To                   map[string]string
	Done, Total, Skipped int
	AskedAt              time.Time
}

// Waits reports whether the desk has something to do for a key-holder.
func (st State) Waits() bool { return len(st.Work) > 0 || st.Due != "" || st.Missing > 0 }

// State returns how the holder's desk stands.
func (s *Service) State(ctx context.Context, by identity.Holder) (State, error) {
	if err := s.require(by.Actor, authority.DeskRead); err != nil {
		return State{}, err
	}
	st := State{HasKey: !by.Member.Locked()}
	err := s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		u, err := unitByID(tx, by.UnitID)
		if err != nil {
			return err
		}
		live, err := liveKeys(tx, u.ID)
		if err != nil {
			return err
		}
		var current keyRow
		if len(live) > 0 {
			current = live[0]
			st.KeyID, st.MadeAt, st.DueAt = current.ID, current.MadeAt, current.MadeAt.Add(Lifetime)
		}
		if err := s.seats(tx, by, u, current, &st); err != nil {
			return err
		}
		if current.ID == "" {
			return nil
		}
		return s.rest(tx, by, u, current, &st)
	})
	if err != nil {
		return State{}, fmt.Errorf("look at desk: %w", err)
	}
	return st, nil
}

func (s *Service) seats(tx postgres.Tx, by identity.Holder, u unitRow, current keyRow, st *State) error {
	members, err := s.eligible(tx, u)
	if err != nil {
		return err
	}
	able, err := s.admitted(tx, ring{unit: u, current: current})
	if err != nil {
		return err
	}
	st.Lost = current.ID != "" && len(able) == 0
	for _, m := range members {
		_, admitted := isMember(able, m.PersonID)
		again, err := hadAnotherKey(tx, m.PersonID)
		if err != nil {
			return err
		}
		self := m.PersonID == by.PersonID
		st.Admitted = st.Admitted || self && admitted && !by.Member.Locked() && m.Key.ID == by.Member.ID()
		st.Members = append(st.Members, Seat{
			PersonID: m.PersonID, Name: m.Name, Role: m.role, Admitted: admitted, Again: again, Self: self,
		})
	}
	return nil
}

func (s *Service) rest(tx postgres.Tx, by identity.Holder, u unitRow, current keyRow, st *State) error {
	var err error
	if st.Due, err = s.due(tx, u, current); err != nil {
		return err
	}
	shares, err := sharesOf(tx, current.ID)
	if err != nil {
		return err
	}
	for _, row := range shares {
		st.Shares = append(st.Shares, ShareState{Name: names(row.HolderName)})
	}
	if st.Missing, err = s.sharesMissing(tx, u.ID, current.ID); err != nil {
		return err
	}
	open, err := openWork(tx, u.ID)
	if err != nil {
		return err
	}
	for _, w := range open {
		if w.ToUnitID != nil && w.Total == 0 {
			if w.Total, err = countEnvelopes(tx, u.Code); err != nil {
				return err
			}
		}
		st.Work = append(st.Work, Work{Kind: w.Kind, To: names(w.ToName), Done: w.Done, Total: w.Total, Skipped: w.Skipped, AskedAt: w.AskedAt})
	}
	if by.Member.Locked() {
		return nil
	}
	given, err := contributionsFor(tx, u.ID, by.Member.ID())
	for _, g := range given {
		if g.KeyID == current.ID {
			st.Contributed++
		}
	}
	return err
}

// Waits reports whether something of the actor's desk waits for a key-holder,
// for the mark in the navigation.
func (s *Service) Waits(ctx context.Context, by identity.Actor) (waits bool, err error) {
	if !authority.Enter(by, authority.DeskRead).Allowed {
		return false, nil
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		open, err := openWork(tx, by.UnitID)
		if waits = len(open) > 0; err != nil || waits {
			return err
		}
		u, err := unitByID(tx, by.UnitID)
		if err != nil {
			return err
		}
		live, err := liveKeys(tx, by.UnitID)
		if err != nil || len(live) == 0 {
			return err
		}
		why, err := s.due(tx, u, live[0])
		waits = why != ""
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look for work of the desk: %w", err)
	}
	return waits, nil
}

// Overview is one line of the list of desks, as an operator may see it.
type Overview struct {
	Unit              string
	KeyID             string // "" for none
	MadeAt            time.Time
	DueAt             time.Time
	Admitted, Members int
	Shares, Holders   int
	Due               Reason // why the key should be replaced now, or ""
	Work              []Work
}

// List returns every unit that may hold a key, for an operator.
func (s *Service) List(ctx context.Context, by identity.Actor) (all []Overview, err error) {
	if err := s.require(by, authority.DeskMake); err != nil {
		return nil, err
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		units, err := s.deskUnits(tx)
		if err != nil {
			return err
		}
		for _, u := range units {
			line, err := s.overview(tx, u)
			if err != nil {
				return err
			}
			all = append(all, line)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list desks: %w", err)
	}
	return all, nil
}

func (s *Service) overview(tx postgres.Tx, u unitRow) (Overview, error) {
	line := Overview{Unit: u.Code}
	members, err := s.eligible(tx, u)
	if err != nil {
		return Overview{}, err
	}
	line.Members = len(members)
	live, err := liveKeys(tx, u.ID)
	if err != nil || len(live) == 0 {
		return line, err
	}
	current := live[0]
	if _, err := s.genuine(current); err != nil {
		return Overview{}, fmt.Errorf("%s: %w", u.Code, err)
	}
	line.KeyID, line.MadeAt, line.DueAt = current.ID, current.MadeAt, current.MadeAt.Add(Lifetime)
	if line.Due, err = s.due(tx, u, current); err != nil {
		return Overview{}, err
	}
	able, err := s.admitted(tx, ring{unit: u, current: current})
	if err != nil {
		return Overview{}, err
	}
	holders, err := s.holders(tx, u.ID)
	if err != nil {
		return Overview{}, err
	}
	missing, err := s.sharesMissing(tx, u.ID, current.ID)
	if err != nil {
		return Overview{}, err
	}
	line.Admitted, line.Holders, line.Shares = len(able), len(holders), len(holders)-missing
	if len(holders) < 2 {
		line.Shares = 0
	}
	open, err := openWork(tx, u.ID)
	for _, w := range open {
		line.Work = append(line.Work, Work{Kind: w.Kind, To: names(w.ToName), Done: w.Done, Total: w.Total, Skipped: w.Skipped, AskedAt: w.AskedAt})
	}
	return line, err
}

// Other is a desk that can take a hand-over.
type Other struct {
	ID   uuid.UUID
	Name map[string]string
}

// Others lists the other desks that have a key.
func (s *Service) Others(ctx context.Context, by identity.Actor) (all []Other, err error) {
	if err := s.require(by, authority.DeskRead); err != nil {
		return nil, err
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		units, err := s.deskUnits(tx)
		if err != nil {
			return err
		}
		keys, err := currentKeys(tx)
		if err != nil {
			return err
		}
		has := map[uuid.UUID]bool{}
		for _, k := range keys {
			has[k.UnitID] = k.RetiredAt == nil
		}
		for _, u := range units {
			if u.ID != by.UnitID && has[u.ID] {
				all = append(all, Other{u.ID, u.names()})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list other desks: %w", err)
	}
	return all, nil
}
