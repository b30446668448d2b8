package retention

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Reason is why something is held: a word, never a text.
type Reason string

// Reasons lists them, as the table allows them.
func Reasons() []Reason { return []Reason{"prosecution", "court", "appeal", "inquiry", "complainant"} }

// Held is what a hold covers: exactly one of a complaint, the complaints that
// name an agency of the register, and those filed in a period.
type Held struct {
	Complaint   uuid.UUID
	Agency      uuid.UUID
	From, Until time.Time // days, both included
}

// Hold is a legal hold.
type Hold struct {
	ID       uuid.UUID
	Held     Held
	Reason   Reason
	PlacedAt time.Time
	PlacedBy string // name
	Agency   string // name of Held.Agency
	LiftedAt *time.Time
	// Forged says that its row was marked as lifted and no two people did it: it
	// is in force.
	Forged bool
	// Waits is the proposal to lift it that waits, or the zero id.
	Waits uuid.UUID
}

// Waiting reports whether a proposal to lift it waits.
func (h Hold) Waiting() bool { return h.Waits != uuid.Nil }

// Open reports whether lifting it can be proposed.
func (h Hold) Open() bool { return h.LiftedAt == nil && !h.Forged && !h.Waiting() }

// Place freezes what is held, at once and by one person: to freeze is safe. It
// does not tell whether a complaint exists.
func (s *Service) Place(ctx context.Context, by identity.Actor, held Held, reason Reason) (uuid.UUID, error) {
	if err := authority.Require(by, authority.HoldPlace, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	if err := held.check(reason); err != nil {
		return uuid.Nil, err
	}
	key := id.New()
	err := s.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		// In turns with deleting: what this transaction commits holds for every
		// key that is destroyed later.
		if err := lockHolds(tx); err != nil {
			return err
		}
		if err := insertHold(tx, key, by, held, reason, s.Clock.Now()); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: by, Action: "hold.placed", ObjectKind: "hold", ObjectID: key})
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("place a hold: %w", err)
	}
	return key, nil
}

func (h Held) check(reason Reason) error {
	wrong := fault.Fields{}
	if !slices.Contains(Reasons(), reason) {
		wrong["reason"] = "form.choice"
	}
	named := 0
	for _, is := range []bool{h.Complaint != uuid.Nil, h.Agency != uuid.Nil, !h.From.IsZero() || !h.Until.IsZero()} {
		if is {
			named++
		}
	}
	if named != 1 {
		wrong["subject"] = "form.choice"
	}
	if !h.From.IsZero() || !h.Until.IsZero() {
		if h.From.IsZero() || h.Until.IsZero() {
			wrong["until"] = "form.date"
		} else if h.Until.Before(h.From) {
			wrong["until"] = "retention.error.period"
		}
	}
	return fault.FromFields(wrong)
}

// Why a complaint is kept as evidence, where another subject says so.
const (
	LinkLicenceStep   = "licence_step"
	LinkGuaranteeCall = "guarantee_call"
	LinkDismissal     = "dismissal"
	LinkProsecution   = "prosecution"
)

// Link notes within tx that the object rests on the complaint, which is then
// kept as evidence. A process may link any; a person what was addressed to their
// desk and they may see. Of any other complaint nothing is noted, and the answer
// is the same: it does not tell whether there is one.
func Link(tx postgres.Tx, complaint uuid.UUID, kind string, object uuid.UUID, at time.Time) error {
	if err := insertLink(tx, complaint, kind, object, at); err != nil {
		return fmt.Errorf("link evidence: %w", err)
	}
	return nil
}

// HoldsAgency reports whether a hold covers the agency, for a deletion that the
// transaction carries out: until it ends, none is placed. A lifting that no two
// people made counts for nothing.
func (s *Service) HoldsAgency(tx postgres.Tx, agency uuid.UUID) (bool, error) {
	if err := lockHolds(tx); err != nil {
		return false, fmt.Errorf("wait for holds: %w", err)
	}
	lifted, _, err := s.lifted(tx)
	if err != nil {
		return false, fmt.Errorf("read liftings: %w", err)
	}
	held, err := agencyHeld(tx, agency, lifted)
	if err != nil {
		return false, fmt.Errorf("read holds: %w", err)
	}
	return held, nil
}
