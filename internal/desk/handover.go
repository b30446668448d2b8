package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// handOvers goes on with what two units decided to hand over: each envelope of
// this desk that the session may see is addressed to the other as well. What the
// other may not have yet stays for later, what this person may not see for
// another member. One that was not signed on both sides is left alone.
func (s *Service) handOvers(ctx context.Context, by identity.Holder, r ring, until time.Time) (more bool, err error) {
	var open []workRow
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		all, err := openWork(tx, r.unit.ID)
		if err != nil {
			return err
		}
		for _, w := range all {
			if w.ToUnitID == nil {
				continue
			}
			why, err := s.doubt(tx, w)
			if err != nil {
				return err
			}
			if why == "" {
				open = append(open, w)
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("hand over: %w", err)
	}
	for _, w := range open {
		var at uuid.UUID
		for end := false; !end; {
			if at, end, err = s.handOverBatch(ctx, by, r, w, at); err != nil {
				return false, fmt.Errorf("hand over: %w", err)
			}
			if !end && s.over(until) {
				return true, nil
			}
		}
	}
	return false, nil
}

func (s *Service) handOverBatch(ctx context.Context, by identity.Holder, r ring, w workRow, after uuid.UUID) (at uuid.UUID, end bool, err error) {
	var rows []envelopeRow
	var unit unitRow
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) (err error) {
		if unit, err = unitByID(tx, *w.ToUnitID); err != nil {
			return err
		}
		rows, err = envelopesToHand(tx, r.unit.Code, w.ID, after, batch)
		return err
	})
	if err != nil {
		return after, false, err
	}
	if len(rows) == 0 {
		return after, true, s.endHandOver(ctx, by, w)
	}
	to, err := s.Public(ctx, unit.Code)
	if err != nil {
		return after, false, err
	}
	// Ciphers first: nothing is locked meanwhile.
	made := make([]handed, len(rows))
	for i, e := range rows {
		if made[i], err = address(r, e, to, unit.Kind); err != nil {
			return after, false, err
		}
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		for i, e := range rows {
			if made[i].later {
				continue
			}
			fate, err := handOver(tx, w.ID, e.ComplaintID, to.Name, to.KeyID, made[i].items, made[i].envelope)
			if err != nil {
				return err
			}
			if fate == "refused" {
				return fmt.Errorf("the database refuses: no such hand-over")
			}
		}
		return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.hand_over", ObjectKind: "desk_work", ObjectID: w.ID})
	})
	return rows[len(rows)-1].ComplaintID, false, err
}

// endHandOver ends it when nothing is left, whoever may see it. Whether that is
// so shows in nothing that this person gets to see.
func (s *Service) endHandOver(ctx context.Context, by identity.Holder, w workRow) error {
	return s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		left, err := handOverLeft(tx, w.ID)
		if err != nil {
			return err
		}
		if left {
			return walkedWork(tx, w.ID, s.deps.Clock.Now())
		}
		if err := finishWork(tx, w.ID, s.deps.Clock.Now()); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.handed_over", ObjectKind: "desk_work", ObjectID: w.ID})
	})
}

// clearTheWay refuses a second hand-over to the same unit, and puts away one that
// nobody goes on with.
func (s *Service) clearTheWay(tx postgres.Tx, by identity.Holder, to uuid.UUID) error {
	u, err := unitByID(tx, by.UnitID)
	if err != nil {
		return err
	}
	open, err := openWork(tx, u.ID)
	if err != nil {
		return err
	}
	for _, w := range open {
		if w.ToUnitID == nil || *w.ToUnitID != to {
			continue
		}
		line, err := s.line(tx, u, w)
		if err != nil {
			return err
		}
		if line.Refused {
			if err := s.putAway(tx, by, w); err != nil {
				return err
			}
			continue
		}
		if line.seen(w) {
			return fault.New(fault.Conflict, "desk.error.under_way")
		}
	}
	return nil
}

func (s *Service) putAway(tx postgres.Tx, by identity.Holder, w workRow) error {
	if err := finishWork(tx, w.ID, s.deps.Clock.Now()); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.handover_refused", ObjectKind: "desk_work", ObjectID: w.ID})
}

// handed is an envelope for the other desk; a nil one stands for one that does
// not open. later: under a key that this member does not hold.
type handed struct {
	items    string // as a JSON array
	envelope []byte
	later    bool
}

// address makes the envelope for the other desk. Police receive who somebody is
// from police alone, with the reason that was recorded.
func address(r ring, e envelopeRow, to seal.Recipient, kind identity.UnitKind) (handed, error) {
	key, held := r.keys[e.KeyID]
	if !held {
		return handed{later: true}, nil
	}
	opened, err := key.Open(e.ComplaintID, e.Envelope)
	if err != nil {
		return handed{items: "[]"}, nil //nolint:nilerr // does not open: left out, and counted
	}
	items := opened.Items()
	if kind == identity.UnitPolice && r.unit.Kind != identity.UnitPolice {
		items = slices.DeleteFunc(items, func(i seal.Item) bool { return i == "originals" || strings.Contains(string(i), ":") })
	}
	envelope, err := opened.EnvelopeFor(to, items...)
	if err != nil {
		return handed{}, err
	}
	list, err := json.Marshal(items)
	if err != nil {
		return handed{}, fmt.Errorf("write items: %w", err)
	}
	return handed{items: string(list), envelope: envelope}, nil
}
