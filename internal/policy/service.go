package policy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Service is the use cases. It is safe for concurrent use.
type Service struct {
	db    *postgres.DB
	clock clock.Clock
	home  country.Home
	pins  seal.Pins
}

// New returns the use cases for the country of home.
func New(db *postgres.DB, clk clock.Clock, home country.Home, pins seal.Pins) *Service {
	return &Service{db: db, clock: clk, home: home, pins: pins}
}

// Today returns the calendar day in the country, at midnight UTC.
func (s *Service) Today() time.Time { return s.home.Today(s.clock.Now()) }

// Book reads all of it within the caller's transaction.
func (s *Service) Book(tx postgres.Tx) (Book, error) {
	rows, err := findAll(tx)
	if err != nil {
		return Book{}, fmt.Errorf("read policies: %w", err)
	}
	b := Book{all: map[Key][]Entry{}}
	for _, row := range rows {
		e, genuine := s.read(row)
		if !genuine {
			b.Forged++
			continue
		}
		b.all[e.Key] = append(b.all[e.Key], e)
	}
	return b, nil
}

// read returns the entry of a row, and whether the portal wrote it.
func (s *Service) read(row entryRow) (Entry, bool) {
	e := Entry{Key: Key(row.Key), From: row.ValidFrom, Source: row.Source}
	if row.DecisionID != nil {
		e.Decision = *row.DecisionID
	}
	l, known := LawOf(e.Key)
	if !known {
		return e, false
	}
	value, err := l.Check([]byte(row.Value))
	if err != nil {
		return e, false
	}
	e.Value = value
	return e, s.pins.Check(row.Pin, pinPurpose, e.pinned()...)
}

const pinPurpose = "policy"

// Overview is what the page of all laws shows.
type Overview struct {
	Book  Book
	Today time.Time
	Waits map[Key]uuid.UUID // the proposals that wait
}

// Overview reads it.
func (s *Service) Overview(ctx context.Context, by identity.Actor) (Overview, error) {
	if err := authority.Require(by, authority.PolicyRead, authority.Object{}); err != nil {
		return Overview{}, err
	}
	o := Overview{Today: s.Today(), Waits: map[Key]uuid.UUID{}}
	err := s.db.Read(ctx, by, func(tx postgres.Tx) (err error) {
		if o.Book, err = s.Book(tx); err != nil {
			return err
		}
		waiting, err := findWaiting(tx)
		for _, l := range laws {
			if key, waits := waiting[subject(l.Key)]; waits {
				o.Waits[l.Key] = key
			}
		}
		return err
	})
	if err != nil {
		return Overview{}, fmt.Errorf("read policies: %w", err)
	}
	return o, nil
}

// All reads everything, as an operator's command.
func (s *Service) All(ctx context.Context, by identity.Actor) (b Book, err error) {
	if err := authority.Require(by, authority.PolicySet, authority.Object{}); err != nil {
		return Book{}, err
	}
	err = s.db.Read(ctx, by, func(tx postgres.Tx) error {
		b, err = s.Book(tx)
		return err
	})
	return b, err
}

// Set writes an entry down, as an operator's command, also for days that are
// over. Mistakes are Problems, another one of that key and day a Conflict fault.
func (s *Service) Set(ctx context.Context, by identity.Actor, e Entry) error {
	if err := authority.Require(by, authority.PolicySet, authority.Object{}); err != nil {
		return err
	}
	return s.db.InTx(ctx, by, func(tx postgres.Tx) error { return s.write(tx, by, e) })
}

// write checks the entry and writes it down.
func (s *Service) write(tx postgres.Tx, by identity.Actor, e Entry) error {
	e, err := e.check()
	if err != nil {
		return err
	}
	err = insert(tx, e, s.pins.Pin(pinPurpose, e.pinned()...))
	if postgres.Violates(err, "policies_pkey") {
		return fault.New(fault.Conflict, "policy.error.same_day")
	}
	if err != nil {
		return fmt.Errorf("write policy: %w", err)
	}
	return audit.Record(tx, audit.Entry{Actor: by, Action: "policy.set", ObjectKind: "policy", ObjectID: subject(e.Key)})
}

// check returns the entry as it is kept, or Problems at the law's fields, "from"
// and "source".
func (e Entry) check() (Entry, error) {
	l, known := LawOf(e.Key)
	if !known {
		return e, fault.Field("key", "form.choice")
	}
	problems := Problems{}
	value, err := l.Check(e.Value)
	if err != nil && !errors.As(err, &problems) {
		return e, err
	}
	e.Value = value
	if e.From.IsZero() || e.From.Year() < 1900 || e.From.Year() > 2200 {
		problems["from"] = Problem{Code: "form.date"}
	}
	if n := utf8.RuneCountInString(e.Source); n == 0 {
		problems["source"] = Problem{Code: "form.required"}
	} else if n > longSource || !utf8.ValidString(e.Source) {
		problems["source"] = Problem{Code: "form.invalid"}
	}
	if len(problems) > 0 {
		return e, problems
	}
	return e, nil
}

// entryJSON is an entry as countries' files and proposals have it.
type entryJSON struct {
	Key    Key             `json:"key"`
	Value  json.RawMessage `json:"value"`
	From   string          `json:"from"` // time.DateOnly
	Source string          `json:"source"`
}

func (j entryJSON) entry() (Entry, error) {
	e := Entry{Key: j.Key, Value: j.Value, Source: j.Source}
	if j.From != "" {
		var err error
		if e.From, err = time.Parse(time.DateOnly, j.From); err != nil {
			return Entry{}, fmt.Errorf("policy %s: %w", j.Key, err)
		}
	}
	return e, nil
}
