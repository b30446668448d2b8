package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// handOvers goes on with what two units decided to hand over: each envelope of
// this desk is addressed to the other as well. A complaint from which the other
// unit is excluded is skipped, and counted.
func (s *Service) handOvers(ctx context.Context, by identity.Holder, r ring, until time.Time) (more bool, err error) {
	var open []workRow
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) (err error) {
		open, err = openWork(tx, r.unit.ID)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("hand over: %w", err)
	}
	for _, w := range open {
		if w.ToUnitID == nil {
			continue
		}
		for end := false; !end; {
			if end, err = s.handOverBatch(ctx, by, r, &w); err != nil {
				return false, fmt.Errorf("hand over: %w", err)
			}
			if !end && s.over(until) {
				return true, nil
			}
		}
	}
	return false, nil
}

func (s *Service) handOverBatch(ctx context.Context, by identity.Holder, r ring, w *workRow) (end bool, err error) {
	var at uuid.UUID
	if w.Cursor != nil {
		at = *w.Cursor
	}
	var rows []envelopeRow
	var unit unitRow
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) (err error) {
		if unit, err = unitByID(tx, *w.ToUnitID); err != nil {
			return err
		}
		rows, err = envelopesAfter(tx, r.unit.Code, r.current.ID, at, batch)
		return err
	})
	if err != nil {
		return false, err
	}
	to, err := s.Public(ctx, unit.Code)
	if err != nil {
		return false, err
	}
	made := make([]handed, len(rows))
	for i, e := range rows {
		if made[i], err = address(r, e, to, unit.Kind); err != nil {
			return false, err
		}
	}
	err = s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		if len(rows) == 0 {
			if err := finishWork(tx, w.ID, s.deps.Clock.Now()); err != nil {
				return err
			}
			return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.handed_over", ObjectKind: "desk_work", ObjectID: w.ID})
		}
		skipped := 0
		for i, e := range rows {
			fate := "unreadable"
			if made[i].envelope != nil {
				if fate, err = handOver(tx, e.ComplaintID, to.Name, to.KeyID, made[i].items, made[i].envelope); err != nil {
					return err
				}
			}
			if fate == "refused" {
				return fmt.Errorf("the database refuses: no such hand-over")
			}
			if fate == "excluded" || fate == "unreadable" {
				skipped++
			}
		}
		last := rows[len(rows)-1].ComplaintID
		if err := advanceWork(tx, w.ID, len(rows), skipped, &last); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "desk.hand_over", ObjectKind: "desk_work", ObjectID: w.ID})
	})
	if err == nil && len(rows) > 0 {
		last := rows[len(rows)-1].ComplaintID
		w.Cursor = &last
	}
	return len(rows) == 0, err
}

// handed is an envelope for the other desk; nil when there is nothing to give.
type handed struct {
	items    string // as a JSON array
	envelope []byte
}

// address makes the envelope for the other desk. Police receive who somebody is
// from police alone, with the reason that was recorded.
func address(r ring, e envelopeRow, to seal.Recipient, kind identity.UnitKind) (handed, error) {
	opened, err := r.keys[e.KeyID].Open(e.ComplaintID, e.Envelope)
	if err != nil {
		return handed{}, nil //nolint:nilerr // does not open: skipped, and counted
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
	return handed{string(list), envelope}, nil
}
