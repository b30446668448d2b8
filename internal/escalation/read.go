package escalation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// PageSize is how many escalations one page of the inbox lists.
const PageSize = 50

// State is how far an escalation is.
type State string

// The states.
const (
	Waiting      State = "waiting"      // nobody took it on yet
	Acknowledged State = "acknowledged" // somebody did
)

// Filter narrows the inbox. The zero value lists everything, first page.
type Filter struct {
	Grade   Grade
	State   State
	Overdue bool // waiting past its deadline
	Page    int  // from 0
}

// Summary is one line of the inbox.
type Summary struct {
	ID             uuid.UUID
	Ref            string
	Grade          Grade
	SubjectKind    string
	SubjectKey     string
	UnitID         uuid.UUID
	RaisedAt       time.Time
	AcknowledgeBy  time.Time
	AcknowledgedAt *time.Time
	AcknowledgedBy string // the person's name
	ClimbedAt      *time.Time
	Complaints     int
	Overdue        bool
	Unread         bool // the asking person never opened it
}

// Escalation is one with its frozen pattern.
type Escalation struct {
	Summary
	Pattern    Pattern
	Complaints []uuid.UUID // linked, oldest first
}

// List returns one page of the actor's unit: what is overdue, what waits, what
// is acknowledged, each with the newest first. more tells that another page follows.
func (s *Service) List(ctx context.Context, by identity.Actor, f Filter) (page []Summary, more bool, err error) {
	if err := authority.Require(by, own(by, authority.EscalationList), authority.Object{UnitID: by.UnitID}); err != nil {
		return nil, false, err
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		page, err = list(tx, by, f, s.deps.Clock.Now())
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("list escalations: %w", err)
	}
	if len(page) > PageSize {
		page, more = page[:PageSize], true
	}
	return page, more, nil
}

// Get opens one escalation of the actor's unit and writes down who did.
func (s *Service) Get(ctx context.Context, by identity.Actor, key uuid.UUID) (Escalation, error) {
	var e Escalation
	err := s.deps.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		found, err := s.load(tx, by, key, authority.EscalationRead)
		if err != nil {
			return err
		}
		e = found
		return audit.Record(tx, audit.Entry{Actor: by, Action: "escalation.read", ObjectKind: "escalation", ObjectID: key})
	})
	if err != nil {
		return Escalation{}, fmt.Errorf("open escalation: %w", err)
	}
	return e, nil
}

// Linked returns the escalation when the complaint is linked to it and the
// actor may open what complaints sealed to its unit. Whoever opens the seal
// writes down that it was read.
func (s *Service) Linked(ctx context.Context, by identity.Actor, key, complaint uuid.UUID) (Escalation, error) {
	var e Escalation
	err := s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		found, err := s.load(tx, by, key, authority.SealedRead)
		if err != nil {
			return err
		}
		if !slices.Contains(found.Complaints, complaint) {
			return errNotFound()
		}
		e = found
		return nil
	})
	if err != nil {
		return Escalation{}, fmt.Errorf("find linked complaint: %w", err)
	}
	return e, nil
}

// Version counts what has happened in the actor's inbox. It only grows, and
// grows with everything that a list shows to all.
func (s *Service) Version(ctx context.Context, by identity.Actor) (n int64, err error) {
	if err := authority.Require(by, own(by, authority.EscalationList), authority.Object{UnitID: by.UnitID}); err != nil {
		return 0, err
	}
	err = s.deps.DB.Read(ctx, by, func(tx postgres.Tx) error {
		n, err = version(tx, by.UnitID)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read inbox version: %w", err)
	}
	return n, nil
}

func (s *Service) load(tx postgres.Tx, by identity.Actor, key uuid.UUID, action authority.Action) (Escalation, error) {
	summary, pattern, found, err := get(tx, by, key, s.deps.Clock.Now())
	if err != nil {
		return Escalation{}, err
	}
	if !found {
		return Escalation{}, errNotFound()
	}
	if err := authority.Require(by, own(by, action), authority.Object{UnitID: summary.UnitID}); err != nil {
		return Escalation{}, err
	}
	e := Escalation{Summary: summary}
	if err := json.Unmarshal([]byte(pattern), &e.Pattern); err != nil {
		return Escalation{}, fmt.Errorf("read pattern: %w", err)
	}
	e.Complaints, err = complaintsOf(tx, key)
	return e, err
}

// own names the action as it is called in the actor's own house: the oversight
// body has the same inbox of its own.
func own(by identity.Actor, action authority.Action) authority.Action {
	if by.UnitKind != identity.UnitOversight {
		return action
	}
	return map[authority.Action]authority.Action{
		authority.EscalationList: authority.OversightList, authority.EscalationRead: authority.OversightRead,
		authority.EscalationAcknowledge: authority.OversightAcknowledge, authority.SealedRead: authority.OversightSealedRead,
	}[action]
}
