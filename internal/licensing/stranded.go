package licensing

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Duty is what an agency owes somebody whom a step stranded. It names no worker:
// the record of placements holds no name.
type Duty struct {
	ID         uuid.UUID
	Place      string // not_left or abroad
	Kind       string // documents, refund, transfer or contact
	Country    string // ISO 3166-1 alpha-2
	Occupation string // ISCO-08
	Employer   string
	Departs    time.Time
	DoneAt     time.Time // zero while open
	By         string    // the unit that said so
}

// Duties is a page of an agency's duties.
type Duties struct {
	Lines []Duty
	Page  int
	More  bool
	Open  int
}

// Duties returns a page, the undone ones first. place is not_left, abroad or "".
func (s *Service) Duties(ctx context.Context, actor identity.Actor, agency uuid.UUID, place string, page int) (Duties, error) {
	if err := mayOpen(actor, agency); err != nil {
		return Duties{}, err
	}
	d := Duties{Page: max(page, 1)}
	err := s.db.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if d.Open, err = openDuties(tx, agency); err != nil {
			return err
		}
		d.Lines, err = duties(tx, agency, place, PageSize+1, (d.Page-1)*PageSize)
		return err
	})
	if err != nil {
		return Duties{}, fmt.Errorf("list duties: %w", err)
	}
	if d.More = len(d.Lines) > PageSize; d.More {
		d.Lines = d.Lines[:PageSize]
	}
	return d, nil
}

// Discharge notes that duties are done, by whoever acts. One that is done already,
// or another agency's, is passed over.
func (s *Service) Discharge(ctx context.Context, actor identity.Actor, agency uuid.UUID, ids []uuid.UUID) error {
	if err := mayOpen(actor, agency); err != nil {
		return err
	}
	if actor.UnitKind == identity.UnitOversight {
		return fault.New(fault.Forbidden, "problem.not_found")
	}
	err := s.db.InTx(ctx, actor, func(tx postgres.Tx) error {
		for _, key := range ids {
			done, err := discharge(tx, agency, key, actor.PersonID, s.now())
			if err != nil {
				return err
			}
			if !done {
				continue
			}
			if err := audit.Record(tx, audit.Entry{Actor: actor, Action: "stranded.done", ObjectKind: "agency", ObjectID: agency}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("discharge duties: %w", err)
	}
	return nil
}
