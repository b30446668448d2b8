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
	for _, work := range []struct {
		name string
		do   func(tx postgres.Tx, by identity.Actor, today time.Time) (int, error)
	}{{"expiries", s.expire}, {"states", s.settleSome}, {"reminders", s.remind}} {
		total := 0
		for {
			n := 0
			err := s.db.InTx(ctx, by, func(tx postgres.Tx) (err error) {
				n, err = work.do(tx, by, today)
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

// expire writes down, once, that an agency's last period ended: on the day after it.
func (s *Service) expire(tx postgres.Tx, by identity.Actor, today time.Time) (int, error) {
	due, err := endedPeriods(tx, today, dayBatch)
	if err != nil {
		return 0, err
	}
	for _, d := range due {
		if err := insertEvent(tx, d.AgencyID, Event{Kind: EventExpired, On: d.Until.AddDate(0, 0, 1)}); err != nil {
			return 0, err
		}
		if err := s.settle(tx, d.AgencyID); err != nil {
			return 0, err
		}
		if err := audit.Record(tx, audit.Entry{Actor: by, Action: "licence.expired", ObjectKind: "agency", ObjectID: d.AgencyID}); err != nil {
			return 0, err
		}
		if err := s.notify(tx, notice{agency: d.AgencyID, kind: "expiry", object: d.PeriodID, due: d.Until}); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

// settleSome brings the register's list up to date where a suspension is over, or a
// period begins, without anybody's step.
func (s *Service) settleSome(tx postgres.Tx, _ identity.Actor, today time.Time) (int, error) {
	stale, err := staleStates(tx, today, dayBatch)
	if err != nil {
		return 0, err
	}
	for _, agency := range stale {
		if err := s.settle(tx, agency); err != nil {
			return 0, err
		}
	}
	return len(stale), nil
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

// remind tells of the days that come, each distance once.
func (s *Service) remind(tx postgres.Tx, _ identity.Actor, today time.Time) (int, error) {
	told := 0
	for _, kind := range slices.Sorted(maps.Keys(reminders)) {
		// The nearest first: whoever is told of it is not told of those farther away.
		for _, days := range slices.Backward(reminders[kind]) {
			due, err := comingDays(tx, kind, today, days, dayBatch-told)
			if err != nil {
				return 0, err
			}
			for _, d := range due {
				if err := s.notify(tx, notice{agency: d.AgencyID, kind: kind, object: d.ObjectID, due: d.Due, days: days}); err != nil {
					return 0, err
				}
			}
			if told += len(due); told >= dayBatch {
				return told, nil
			}
		}
	}
	return told, nil
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
