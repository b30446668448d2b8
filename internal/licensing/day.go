package licensing

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// dayBatch is how many agencies one transaction of the day's work takes.
const dayBatch = 200

// Day does what a day brings: it writes down that periods ended and suspensions are
// over, and reminds agencies of days that come. It goes by the calendar day of the
// country, so that it is due from midnight there; whatever it missed while no worker
// ran it does now. Twice is once: each thing has one row, which the database keeps
// unique.
func (s *Service) Day(ctx context.Context, log *slog.Logger) error {
	by := identity.System("licensing")
	if err := authority.Require(by, authority.LicenceDay, authority.Object{}); err != nil {
		return err
	}
	today := s.Today()
	for _, work := range s.works() {
		total, at := 0, cursor{}
		for {
			n := 0
			err := s.db.InTx(ctx, by, func(tx postgres.Tx) (err error) {
				n, at, err = work.do(tx, by, today, at)
				return err
			})
			if err != nil {
				return fmt.Errorf("%s of the day: %w", work.name, err)
			}
			if total += n; n < dayBatch {
				break
			}
			log.Info("the day's work goes on", "work", work.name, "done", total)
		}
		if total > 0 {
			log.Info("the day's work is done", "work", work.name, "done", total)
		}
	}
	return nil
}

// cursor is how far a part of the day's work has come: the next batch begins after it,
// so that none looks again at what those before it did.
type cursor struct {
	day time.Time
	id  uuid.UUID
}

// work is a part of the day's work: do takes a batch after at, and returns how many
// there were and how far it came.
type work struct {
	name string
	do   func(tx postgres.Tx, by identity.Actor, today time.Time, at cursor) (int, cursor, error)
}

func (s *Service) works() []work {
	all := []work{{"expiries", s.expire}, {"states", s.settleSome}}
	for _, kind := range slices.Sorted(maps.Keys(reminders)) {
		// The nearest first: whoever is told of it is not told of those farther away.
		for _, days := range slices.Backward(reminders[kind]) {
			all = append(all, work{"reminders", func(tx postgres.Tx, _ identity.Actor, today time.Time, at cursor) (int, cursor, error) {
				return s.remind(tx, today, at, kind, days)
			}})
		}
	}
	return all
}

// expire writes down, once, that an agency's last period ended: on the day after it.
func (s *Service) expire(tx postgres.Tx, by identity.Actor, today time.Time, at cursor) (int, cursor, error) {
	due, err := endedPeriods(tx, today, at, dayBatch)
	if err != nil {
		return 0, at, err
	}
	for _, d := range due {
		if err := insertEvent(tx, d.AgencyID, Event{Kind: EventExpired, On: d.Until.AddDate(0, 0, 1)}); err != nil {
			return 0, at, err
		}
		if err := s.settle(tx, d.AgencyID); err != nil {
			return 0, at, err
		}
		if err := audit.Record(tx, audit.Entry{Actor: by, Action: "licence.expired", ObjectKind: "agency", ObjectID: d.AgencyID}); err != nil {
			return 0, at, err
		}
		if err := s.notify(tx, notice{agency: d.AgencyID, kind: "expiry", object: d.PeriodID, due: d.Until}); err != nil {
			return 0, at, err
		}
		at = cursor{d.Until, d.AgencyID}
	}
	return len(due), at, nil
}

// settleSome brings the register's list up to date where a suspension is over, or a
// period begins, without anybody's step.
func (s *Service) settleSome(tx postgres.Tx, _ identity.Actor, today time.Time, at cursor) (int, cursor, error) {
	stale, err := staleStates(tx, today, at, dayBatch)
	if err != nil {
		return 0, at, err
	}
	for _, agency := range stale {
		if err := s.settle(tx, agency); err != nil {
			return 0, at, err
		}
		at.id = agency
	}
	return len(stale), at, nil
}

// reminders are how many days before a day an agency is told of it.
var reminders = map[string][]int{
	"renewal":         {90, 60, 30, 7},
	"reply":           {3, 0},
	"condition":       {14, 3, 0},
	"suspension_over": {0},
	"document":        {60, 14, 0},
	// A reply to an inspection; it is told when it is sent.
	"inspection_reply": {3, 0},
	"guarantee":        {60, 30, 7, 0},
	"top_up":           {14, 3, 0},
}

// remind tells of days of one kind that come, at one distance, once.
func (s *Service) remind(tx postgres.Tx, today time.Time, at cursor, kind string, days int) (int, cursor, error) {
	due, err := comingDays(tx, kind, today, days, at, dayBatch)
	if err != nil {
		return 0, at, err
	}
	for _, d := range due {
		if err := s.notify(tx, notice{agency: d.AgencyID, kind: kind, object: d.ObjectID, due: d.Due, days: days}); err != nil {
			return 0, at, err
		}
		at = cursor{d.Due, d.ObjectID}
	}
	return len(due), at, nil
}

// TellOfInspection tells the agency's heads, within the transaction that sends it, that
// an inspection waits for their reply. Where the law names no last day, due is zero.
func (s *Service) TellOfInspection(tx postgres.Tx, agency, inspection uuid.UUID, due time.Time) error {
	if due.IsZero() {
		due = s.Today()
	}
	return s.notify(tx, notice{agency: agency, kind: "inspection", object: inspection, due: due})
}

// notice is what an agency is told of.
type notice struct {
	agency uuid.UUID
	kind   string
	object uuid.UUID
	due    time.Time
	days   int // before that day
}

// notify puts it on the agency's record and promises its heads a letter without
// content, once.
func (s *Service) notify(tx postgres.Tx, n notice) error {
	key := id.New()
	fresh, err := insertNotice(tx, key, n, s.now())
	if err != nil || !fresh {
		return err
	}
	heads, err := headsOf(tx, n.agency)
	if err != nil {
		return err
	}
	return letter.Promise(tx, letter.Cause{NoticeID: key}, letter.Noticed, heads, s.clock.Now())
}
