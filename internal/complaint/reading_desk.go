package complaint

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// maxReadings is how many lines a list shows.
const maxReadings = 200

// Verdict is what a first reader records.
type Verdict string

// The verdicts.
const (
	NoneNamed     Verdict = "none_named"
	OfficialNamed Verdict = "official_named"
)

// Reading is one line of a reader's list.
type Reading struct {
	ID        uuid.UUID
	Red       bool
	FiledAt   time.Time
	DueAt     time.Time
	Overdue   bool
	Official  bool   // the form says that an official is involved
	Country   string // ISO 3166-1 alpha-2, or ""
	ClimbedAt *time.Time
	Verdict   Verdict   // "" while it waits
	Named     uuid.UUID // the office of the official who is named, where it is known
}

func (r readingRow) line() Reading {
	out := Reading{
		ID: r.ID, Red: r.Red, FiledAt: r.FiledAt, DueAt: r.DueAt, Overdue: r.Overdue, Official: r.Official, Country: r.Country, ClimbedAt: r.ClimbedAt,
	}
	if r.Verdict != nil {
		out.Verdict = *r.Verdict
	}
	if r.NamedUnitID != nil {
		out.Named = *r.NamedUnitID
	}
	return out
}

// Readings lists what waits for the actor to read, red first and then what is
// due first, and complaints in which somebody found an official named and that
// were handed to the actor's unit. Complaints with which the actor has a
// conflict are not there.
func (s *Service) Readings(ctx context.Context, by identity.Actor) (waiting, handed []Reading, err error) {
	if err := authority.Require(by, authority.ReadingList, authority.Object{UnitID: by.UnitID}); err != nil {
		return nil, nil, err
	}
	var open, done []readingRow
	err = s.DB.Read(ctx, by, func(tx postgres.Tx) (err error) {
		open, done, err = listReadings(tx, by.UnitID, s.Clock.Now())
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list readings: %w", err)
	}
	for _, r := range open {
		waiting = append(waiting, r.line())
	}
	for _, r := range done {
		handed = append(handed, r.line())
	}
	return waiting, handed, nil
}

// Read opens one complaint for its reader, and writes down that it was opened.
func (s *Service) Read(ctx context.Context, by identity.Holder, key uuid.UUID) (Reading, Contents, error) {
	var row readingRow
	var shut sealedRows
	err := s.DB.InTx(ctx, by, func(tx postgres.Tx) (err error) {
		if row, shut, err = s.reading(tx, by.Actor, key, authority.ReadingRead); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "reading.open", ObjectKind: "complaint", ObjectID: row.ComplaintID})
	})
	if err != nil {
		return Reading{}, Contents{}, fmt.Errorf("read first: %w", err)
	}
	opened, err := s.unseal(ctx, by, row.ComplaintID, shut)
	if err != nil {
		return Reading{}, Contents{}, fmt.Errorf("read first: %w", err)
	}
	contents, err := s.contents(row.ComplaintID, shut, opened)
	if err != nil {
		return Reading{}, Contents{}, fmt.Errorf("read first: %w", err)
	}
	return row.line(), contents, nil
}

// reading loads a reading of the actor's unit and what it sealed to the unit.
// What the actor may not read is not there.
func (s *Service) reading(tx postgres.Tx, by identity.Actor, key uuid.UUID, action authority.Action) (readingRow, sealedRows, error) {
	row, found, err := findReading(tx, key, s.Clock.Now())
	if err != nil {
		return readingRow{}, sealedRows{}, err
	}
	if !found {
		return readingRow{}, sealedRows{}, fault.New(fault.NotFound, "problem.not_found")
	}
	owner := row.UnitID
	if row.HandedTo != nil && action == authority.ReadingRead {
		owner = *row.HandedTo
	}
	shut, err := findSealed(tx, row.ComplaintID, by.UnitCode)
	if err != nil {
		return readingRow{}, sealedRows{}, err
	}
	if err := authority.Require(by, action, authority.Object{UnitID: owner, Barred: shut.Barred}); err != nil {
		return readingRow{}, sealedRows{}, err
	}
	return row, shut, nil
}
