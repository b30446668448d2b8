package agency

import (
	"context"
	"errors"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Service writes the register's records. It is safe for concurrent use.
type Service struct {
	db     *postgres.DB
	hasher matching.Keyed
	clock  clock.Clock
}

// New returns the use cases over db. The hasher must be the one that screening
// compares complaints with.
func New(db *postgres.DB, hasher matching.Keyed, clk clock.Clock) *Service {
	return &Service{db: db, hasher: hasher, clock: clk}
}

// Entered is an agency just entered.
type Entered struct {
	ID   uuid.UUID
	Slug string // last part of its public address
}

// ErrSame says that the source already has an entry with these names at this
// address.
var ErrSame = errors.New("agency: the same entry is on record")

// Prepared is a record that may be entered: checked, and its phones hashed.
type Prepared struct{ entry entry }

// Prepare makes a record ready to be entered. One that breaks a rule is an
// Invalid fault. It asks the matching key, so call it before the transaction.
func (s *Service) Prepare(ctx context.Context, r Record) (Prepared, error) {
	r.NameLatin, r.NameLocal, r.Address, r.District = clean(r.NameLatin), clean(r.NameLocal), clean(r.Address), clean(r.District)
	if why := r.check(s.clock.Now()); why != "" || r.Source == "" {
		return Prepared{}, fault.Field("name", "form.invalid")
	}
	p := Prepared{newEntry(r)}
	if err := complete(ctx, s.hasher, &p.entry); err != nil {
		return Prepared{}, err
	}
	return p, nil
}

// Enter adds one agency to the register within the caller's transaction. One
// whose licence number another agency holds is an Invalid fault; one that its
// source already has is ErrSame. The state is the caller's: licences, periods
// and events are the licensing desk's tables.
func (s *Service) Enter(tx postgres.Tx, actor identity.Actor, p Prepared) (Entered, error) {
	var entered Entered
	batch := batch{now: s.clock.Now(), entries: []numbered{{entry: p.entry}}}
	if err := batch.write(tx); err != nil {
		return Entered{}, fmt.Errorf("enter agency: %w", err)
	}
	switch {
	case len(batch.rejected) > 0:
		return Entered{}, fault.Field("licence_no", "form.invalid")
	case batch.Created != 1:
		return Entered{}, ErrSame
	}
	entered.ID, entered.Slug = batch.made[0].ID, batch.made[0].Slug
	err := audit.Record(tx, audit.Entry{Actor: actor, Action: "agency.enter", ObjectKind: "agency", ObjectID: entered.ID})
	return entered, err
}

// EnterAlone is Prepare, and Enter in a transaction of its own.
func (s *Service) EnterAlone(ctx context.Context, actor identity.Actor, r Record) (entered Entered, err error) {
	prepared, err := s.Prepare(ctx, r)
	if err != nil {
		return Entered{}, err
	}
	err = s.db.InTx(ctx, actor, func(tx postgres.Tx) error {
		entered, err = s.Enter(tx, actor, prepared)
		return err
	})
	return entered, err
}
