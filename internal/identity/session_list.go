package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// OpenSession is one of a person's sessions that has not ended. Where and with
// which browser it is used is not kept, so it is not told.
type OpenSession struct {
	ID        uuid.UUID
	StartedAt time.Time
	SeenAt    time.Time
	Here      bool // the one that asks
}

// List tells the actor's open sessions, the newest first.
func (s *Sessions) List(ctx context.Context, actor Actor) ([]OpenSession, error) {
	now := s.clock.Now()
	var open []OpenSession
	err := s.db.Read(ctx, Door(), func(tx postgres.Tx) error {
		rows, err := sessionsOf(tx, actor.PersonID)
		for _, r := range rows {
			if r.alive(now) {
				open = append(open, OpenSession{ID: r.ID, StartedAt: r.CreatedAt, SeenAt: r.SeenAt, Here: r.ID == actor.SessionID})
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return open, nil
}

// End ends one of the actor's own sessions at once; another's is a NotFound
// fault.
func (s *Sessions) End(ctx context.Context, actor Actor, session uuid.UUID) error {
	err := s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		own, err := endOwn(tx, actor.PersonID, session, s.clock.Now())
		if err == nil && !own {
			err = fault.New(fault.NotFound, "problem.not_found")
		}
		if err != nil {
			return err
		}
		return note(tx, actor, sessionEnded, aSession, session)
	})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// EndOthers ends every session of the actor but the one that asks, and every
// sign-in of theirs that is halfway.
func (s *Sessions) EndOthers(ctx context.Context, actor Actor) error {
	err := s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		return s.endOthers(tx, actor, actor.PersonID, actor.SessionID)
	})
	if err != nil {
		return fmt.Errorf("end other sessions: %w", err)
	}
	return nil
}

// endOthers ends the person's sessions but the spared one, and their sign-ins
// that are halfway; all sessions when spared is the zero id.
func (s *Sessions) endOthers(tx postgres.Tx, by Actor, person, spared uuid.UUID) error {
	ended, err := revokeOthers(tx, person, spared, s.clock.Now())
	if err != nil {
		return err
	}
	for _, session := range ended {
		if err := note(tx, by, sessionEnded, aSession, session); err != nil {
			return err
		}
	}
	return closeHalfwayOf(tx, person)
}
