package inspection

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// Laws is the law as the portal knows it.
type Laws interface {
	Book(tx postgres.Tx) (policy.Book, error)
}

// People knows who works in a unit.
type People interface {
	Members(tx postgres.Tx, unit uuid.UUID) ([]identity.Member, error)
}

// Deps of the service.
type Deps struct {
	DB     *postgres.DB
	Clock  clock.Clock
	Home   country.Home
	Laws   Laws
	People People
	// Told lets the agency know, within the transaction, that an inspection waits for
	// its reply until a day, or without one; nil tells nobody.
	Told func(tx postgres.Tx, agency, inspection uuid.UUID, due time.Time) error
}

// Service is the use cases. It is safe for concurrent use.
type Service struct{ Deps }

// New returns the use cases.
func New(d Deps) *Service { return &Service{d} }

// Today returns the calendar day in the country, at midnight UTC.
func (s *Service) Today() time.Time { return s.Home.Today(s.Clock.Now()) }

// move holds the inspection, lets change do its part, and enters the deed.
func (s *Service) move(ctx context.Context, actor identity.Actor, action authority.Action, key uuid.UUID, deed string, change func(tx postgres.Tx, i Inspection) error) error {
	if err := authority.Require(actor, action, authority.Object{}); err != nil {
		return err
	}
	return s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		i, err := hold(tx, key)
		if err != nil {
			return err
		}
		if err := change(tx, i); err != nil {
			return err
		}
		return record(tx, actor, deed, key)
	})
}

func record(tx postgres.Tx, actor identity.Actor, deed string, key uuid.UUID) error {
	return audit.Record(tx, audit.Entry{Actor: actor, Action: "inspection." + deed, ObjectKind: "inspection", ObjectID: key})
}

// mayGo refuses a step that is not in the table.
func mayGo(i Inspection, to Status) error {
	if CanMove(i.Status, to) {
		return nil
	}
	return fault.New(fault.Conflict, "inspection.moved_on")
}

// ofTeam refuses whoever does not go there.
func ofTeam(tx postgres.Tx, actor identity.Actor, key uuid.UUID) error {
	goes, err := goesThere(tx, key, actor.PersonID)
	if err == nil && !goes {
		return fault.New(fault.Conflict, "inspection.not_of_team")
	}
	return err
}

// text returns a text as it is kept, and a code where it is too long or missing.
func text(value string, longest int, required bool) (kept, code string) {
	kept = strings.TrimSpace(value)
	switch n := utf8.RuneCountInString(kept); {
	case n == 0 && required:
		return kept, "form.required"
	case n > longest:
		return kept, "inspection.too_long"
	}
	return kept, ""
}
