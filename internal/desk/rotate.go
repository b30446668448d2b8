package desk

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Tend does at once what a key-holder's session owes the desk: a new key when a
// member left or the year is over. The rest goes on by Continue. Who is not
// admitted can do nothing, and gets no error.
func (s *Service) Tend(ctx context.Context, by identity.Holder) error {
	if !authority.Enter(by.Actor, authority.DeskTend).Allowed {
		return nil
	}
	var why Reason
	err := s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		r, err := s.open(tx, by)
		if err != nil {
			return skipNotAdmitted(err)
		}
		why, err = s.due(tx, r.unit, r.current)
		return err
	})
	if err != nil {
		return fmt.Errorf("tend desk: %w", err)
	}
	if why == "" {
		return nil
	}
	return s.Rotate(ctx, by, why)
}

// due says why the current key should be replaced, or "".
func (s *Service) due(tx postgres.Tx, u unitRow, current keyRow) (Reason, error) {
	members, err := s.eligible(tx, u)
	if err != nil {
		return "", err
	}
	wraps, err := s.wraps(tx, u.ID)
	if err != nil {
		return "", err
	}
	for _, w := range wraps {
		if _, still := isMember(members, w.PersonID); !still && w.KeyID == current.ID {
			return Leave, nil
		}
	}
	if s.deps.Clock.Now().Sub(current.MadeAt) >= Lifetime {
		return Yearly, nil
	}
	return "", nil
}

// Rotate gives the desk a new key: what is filed from now on goes to it, and
// what lies under older ones waits to be wrapped anew. It is wrapped to those
// who are admitted and still are members, to nobody else. When somebody else
// was faster, theirs stands.
func (s *Service) Rotate(ctx context.Context, by identity.Holder, why Reason) error {
	if err := s.require(by.Actor, authority.DeskTend); err != nil {
		return err
	}
	err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		r, err := s.open(tx, by)
		if err != nil {
			return err
		}
		return s.rotate(tx, by, r, why)
	})
	if err != nil {
		return fmt.Errorf("rotate desk key: %w", err)
	}
	s.Refresh()
	return nil
}

func (s *Service) rotate(tx postgres.Tx, by identity.Holder, r ring, why Reason) error {
	if err := lockUnit(tx, r.unit.Code); err != nil {
		return err
	}
	if now, found, err := findKey(tx, r.unit.ID, r.current.ID); err != nil {
		return err
	} else if !found || now.RetiredAt != nil {
		return nil
	}
	admitted, err := s.admitted(tx, r)
	if err != nil {
		return err
	}
	if err := retireKey(tx, r.current.ID, why, s.deps.Clock.Now()); err != nil {
		return err
	}
	next, err := s.nextSequence(tx, r.unit)
	if err != nil {
		return err
	}
	desk, err := s.draw(tx, by.Actor, r.unit, next, admitted)
	if err != nil {
		return err
	}
	if _, err := s.shareOut(tx, r.unit.ID, desk); err != nil {
		return err
	}
	if err := s.beginRewrap(tx, by, why); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.rotate_" + string(why), ObjectKind: "unit", ObjectID: r.unit.ID})
}

// admitted are the members who hold the current key with the key they have now.
func (s *Service) admitted(tx postgres.Tx, r ring) (out []member, err error) {
	members, err := s.eligible(tx, r.unit)
	if err != nil {
		return nil, err
	}
	wraps, err := s.wraps(tx, r.unit.ID)
	if err != nil {
		return nil, err
	}
	holds := map[string]bool{}
	for _, w := range wraps {
		if w.KeyID == r.current.ID {
			holds[w.MemberKey] = true
		}
	}
	for _, m := range members {
		if holds[m.Key.ID] {
			out = append(out, m)
		}
	}
	return out, nil
}

// nextSequence is after every key that the portal made for the unit or that this
// process saw, at a place that nobody took.
func (s *Service) nextSequence(tx postgres.Tx, u unitRow) (int, error) {
	all, err := keysOf(tx, u.ID)
	if err != nil {
		return 0, err
	}
	next := s.book.newestOf(u.Code) + 1
	taken := map[int]bool{}
	for _, r := range all {
		taken[r.Sequence] = true
		if s.pinned(r) {
			next = max(next, r.Sequence+1)
		}
	}
	for taken[next] {
		next++
	}
	return next, nil
}

// beginRewrap writes down that the older envelopes have to follow. It takes the
// place of what is under way: whether anything is must not show.
func (s *Service) beginRewrap(tx postgres.Tx, by identity.Holder, why Reason) error {
	open, err := openWork(tx, by.UnitID)
	if err != nil {
		return err
	}
	for _, w := range open {
		if w.ToUnitID != nil {
			continue
		}
		if err := finishWork(tx, w.ID, s.deps.Clock.Now()); err != nil {
			return err
		}
	}
	kind := map[Reason]string{Leave: "leave", Recovered: "recover"}[why]
	if kind == "" {
		kind = "rotate"
	}
	return insertWork(tx, workRow{ID: newID(), UnitID: by.UnitID, Kind: kind, AskedAt: s.deps.Clock.Now(), AskedBy: by.PersonID})
}
