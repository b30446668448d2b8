package retention

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Second is a unit whose people may be the second of two who lift a hold.
type Second struct {
	ID   uuid.UUID
	Name map[string]string // by language
}

// Seconds lists them.
func (s *Service) Seconds(ctx context.Context, by identity.Actor) (all []Second, err error) {
	if err := authority.Require(by, authority.HoldLift, authority.Object{}); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by, func(tx postgres.Tx) error {
		all, err = findSeconds(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list who may lift holds: %w", err)
	}
	return all, nil
}

// Hold returns one hold. One that is not there, or not for the actor, is a
// NotFound fault.
func (s *Service) Hold(ctx context.Context, by identity.Actor, key uuid.UUID) (h Hold, err error) {
	if err := authority.Require(by, authority.RetentionRead, authority.Object{}); err != nil {
		return Hold{}, err
	}
	err = s.DB.Read(ctx, by, func(tx postgres.Tx) error {
		h, err = s.hold(tx, key)
		return err
	})
	if err != nil {
		return Hold{}, fmt.Errorf("read hold: %w", err)
	}
	return h, nil
}

func (s *Service) hold(tx postgres.Tx, key uuid.UUID) (Hold, error) {
	rows, err := findHolds(tx, &key, 1)
	if err != nil {
		return Hold{}, err
	}
	if len(rows) == 0 {
		return Hold{}, fault.New(fault.NotFound, "problem.not_found")
	}
	return s.shown(rows[0]), nil
}

// shown believes the row as far as its pin goes.
func (s *Service) shown(row holdRow) Hold {
	h := row.hold()
	if h.LiftedAt != nil && !s.genuine(row.lifting()) {
		h.LiftedAt, h.Forged = nil, true
	}
	return h
}

// lifting is everything that says who lifted a hold. Its pin is made where the
// verdict's signature was checked, under a secret that the database lacks.
type lifting struct {
	Hold, Decision         uuid.UUID
	Proposer, ProposerUnit uuid.UUID
	Approver, ApproverUnit uuid.UUID
	At                     time.Time
	Pin                    []byte
}

const liftPurpose = "retention.lifting"

func (l lifting) pinned() [][]byte {
	at := l.At.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
	return [][]byte{l.Hold[:], l.Decision[:], l.Proposer[:], l.ProposerUnit[:], l.Approver[:], l.ApproverUnit[:], []byte(at)}
}

func (s *Service) genuine(l lifting) bool { return s.Pins.Check(l.Pin, liftPurpose, l.pinned()...) }

// lifted lists the holds that two people lifted. Those that are marked as lifted
// otherwise are in force, and counted.
func (s *Service) lifted(tx postgres.Tx) (holds []uuid.UUID, forged int, err error) {
	all, err := findLiftings(tx)
	if err != nil {
		return nil, 0, err
	}
	for _, l := range all {
		if s.genuine(l) {
			holds = append(holds, l.Hold)
			continue
		}
		forged++
	}
	return holds, forged, nil
}

// ForgedLiftings counts the holds that are marked as lifted and that no two
// people lifted through the portal. They are in force.
func (s *Service) ForgedLiftings(ctx context.Context, by identity.Actor) (n int, err error) {
	err = s.DB.Read(ctx, by, func(tx postgres.Tx) error {
		_, n, err = s.lifted(tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read liftings: %w", err)
	}
	return n, nil
}

// lift ends a hold within the transaction of the approval. The record takes the
// two people from the decision, and refuses people who do not work where they
// are said to.
func (s *Service) lift(tx postgres.Tx, d decision.Decision) error {
	l := lifting{
		Hold: d.Subject, Decision: d.ID, Proposer: d.ProposedBy, ProposerUnit: d.ProposedUnit,
		Approver: d.DecidedBy, ApproverUnit: d.DecidedUnit, At: s.Clock.Now().UTC().Truncate(time.Microsecond),
	}
	l.Pin = s.Pins.Pin(liftPurpose, l.pinned()...)
	done, err := liftHold(tx, l)
	if postgres.Violates(err, "holds_lifted_by_two") {
		return fault.New(fault.Conflict, "retention.error.same_person")
	}
	if err != nil {
		return fmt.Errorf("lift a hold: %w", err)
	}
	if !done {
		return fault.New(fault.Conflict, "retention.error.lifted")
	}
	return audit.Record(tx, audit.Entry{Actor: d.By, Action: "hold.lifted", ObjectKind: "hold", ObjectID: d.Subject})
}
