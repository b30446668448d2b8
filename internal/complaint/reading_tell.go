package complaint

import (
	"context"
	"fmt"
	"slices"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Topics of the promises about a reading, which is their subject.
const (
	TopicReadingMade = "reading.made" // tell whoever may read that something waits
	TopicReadingDue  = "reading.due"  // see whether somebody has read
	// TopicReadingHanded: tell whoever goes on with what names an official.
	TopicReadingHanded = "reading.handed"
)

// promiseReading makes sure that somebody hears of the reading, and that it does
// not wait for ever.
func promiseReading(tx postgres.Tx, r reading) error {
	if err := outbox.Append(tx, outbox.Promise{Topic: TopicReadingMade, SubjectID: r.ID}); err != nil {
		return err
	}
	return outbox.Append(tx, outbox.Promise{Topic: TopicReadingDue, SubjectID: r.ID, RunAfter: r.DueAt})
}

// TellReaders keeps the promise TopicReadingMade: the first readers of the desk
// are promised a letter each, and where it climbed at once the overseers, too.
// Who has a conflict with the complaint never hears of it; where that is
// everybody at the desk, it climbs now instead of at its time.
func (s *Service) TellReaders(ctx context.Context, promiseID uuid.UUID) error {
	by := identity.System("delivery")
	if err := authority.Require(by, authority.ReadingDeliver, authority.Object{}); err != nil {
		return err
	}
	err := outbox.Fulfil(ctx, s.DB, by, promiseID, func(tx postgres.Tx, p outbox.Promise) error {
		r, found, err := lockReading(tx, p.SubjectID)
		// Where it climbed since, those who read now were told of that.
		if err != nil || !found || r.State != "waiting" || r.ClimbedAt != nil && r.ClimbedAt.After(r.MadeAt) {
			return err
		}
		defer s.Step("tell: before commit")
		if r.ClimbedAt != nil {
			_, err := s.tell(tx, by, r, letter.Raised, standIns...)
			return err
		}
		told, err := s.tell(tx, by, r, letter.Raised, identity.RoleFirstReader)
		if err != nil || told {
			return err
		}
		climbed, err := s.climb(tx, by, r, letter.Raised)
		if err != nil || climbed {
			return err
		}
		_, err = s.tell(tx, by, r, letter.Raised, standIns...)
		return err
	})
	if err != nil {
		return fmt.Errorf("tell readers: %w", err)
	}
	return nil
}

// standIns read where no reader is on duty: the oversight body's people.
var standIns = []identity.Role{identity.RoleFirstReader, identity.RoleOverseer}

// ClimbReading keeps the promise TopicReadingDue: where nobody has read, the
// oversight body reads, and is told. It holds its envelope since intake, so that
// this needs nobody's key. It climbs once.
func (s *Service) ClimbReading(ctx context.Context, promiseID uuid.UUID) error {
	by := identity.System("clock")
	err := outbox.Fulfil(ctx, s.DB, by, promiseID, func(tx postgres.Tx, p outbox.Promise) error {
		r, found, err := lockReading(tx, p.SubjectID)
		if err != nil || !found {
			return err
		}
		defer s.Step("climb: before commit")
		_, err = s.climb(tx, by, r, letter.Climbed)
		return err
	})
	if err != nil {
		return fmt.Errorf("climb reading: %w", err)
	}
	return nil
}

// TellHanded keeps the promise TopicReadingHanded: the readers and overseers of
// the unit that goes on with it are promised a letter each.
func (s *Service) TellHanded(ctx context.Context, promiseID uuid.UUID) error {
	by := identity.System("delivery")
	if err := authority.Require(by, authority.ReadingDeliver, authority.Object{}); err != nil {
		return err
	}
	err := outbox.Fulfil(ctx, s.DB, by, promiseID, func(tx postgres.Tx, p outbox.Promise) error {
		r, found, err := lockReading(tx, p.SubjectID)
		if err != nil || !found || r.HandedTo == nil {
			return err
		}
		defer s.Step("hand: before commit")
		r.UnitID = *r.HandedTo
		_, err = s.tell(tx, by, r, letter.Handed, standIns...)
		return err
	})
	if err != nil {
		return fmt.Errorf("tell of handed reading: %w", err)
	}
	return nil
}

// climb brings the reading to the oversight body and reports whether it did: not
// where somebody has read, where it has climbed, and where it can climb no higher.
func (s *Service) climb(tx postgres.Tx, by identity.Actor, r lockedReading, of letter.Step) (bool, error) {
	if err := authority.Require(by, authority.ReadingClimb, authority.Object{}); err != nil {
		return false, err
	}
	climbed, err := climbReading(tx, r.ID, s.Clock.Now())
	if err != nil || !climbed {
		return false, err
	}
	err = audit.Record(tx, audit.Entry{Actor: by, Action: "reading.climb", ObjectKind: "reading", ObjectID: r.ID})
	if err != nil {
		return false, err
	}
	r.UnitID = r.StandInID
	_, err = s.tell(tx, by, r, of, standIns...)
	return true, err
}

// tell promises a letter to everybody of the desk who is genuinely there in one
// of the roles and may read this complaint, and reports whether there is anybody.
func (s *Service) tell(tx postgres.Tx, by identity.Actor, r lockedReading, of letter.Step, roles ...identity.Role) (bool, error) {
	seats, err := seatsWithoutConflict(tx, r, roles)
	if err != nil {
		return false, err
	}
	var people []uuid.UUID
	for _, m := range seats {
		if m.genuine(s.People) && !slices.Contains(people, m.PersonID) {
			people = append(people, m.PersonID)
		}
	}
	if len(people) == 0 {
		return false, nil
	}
	if err := letter.Promise(tx, letter.Cause{ReadingID: r.ID}, of, people, s.Clock.Now()); err != nil {
		return false, err
	}
	return true, audit.Record(tx, audit.Entry{Actor: by, Action: "reading.deliver", ObjectKind: "reading", ObjectID: r.ID})
}
