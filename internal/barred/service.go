package barred

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Proposer writes down what a second person decides.
type Proposer interface {
	ProposeIn(tx postgres.Tx, by identity.Actor, p decision.Proposal) (uuid.UUID, error)
}

// Deps of the service.
type Deps struct {
	DB     *postgres.DB
	Clock  clock.Clock
	Home   country.Home
	Hasher matching.Keyed
}

// Service is the use cases. It is safe for concurrent use.
type Service struct{ Deps }

// New returns the use cases.
func New(d Deps) *Service { return &Service{d} }

// Today returns the calendar day in the country, at midnight UTC.
func (s *Service) Today() time.Time { return s.Home.Today(s.Clock.Now()) }

// Person is somebody who is barred, or whom an officer wants barred.
type Person struct {
	ID                   uuid.UUID
	NameLatin, NameLocal string
	BornOn               time.Time // zero: not known
	Last4                string    // of their document, "" without one
	Ground               string    // one of licensing.Grounds
	Text                 string    // why, in an officer's words
	From, Until          time.Time // days, both included; a zero Until is for good
	ConfirmedAt          time.Time // zero: it waits for a second officer
	LiftedAt             time.Time
	Lift                 string // why it was lifted
	Decision             uuid.UUID
	// Places are agencies with which they are on record today; only Get has them.
	Places []Place
}

// Name is how a list calls them.
func (p Person) Name() string {
	if p.NameLatin == "" || p.NameLocal == "" {
		return p.NameLatin + p.NameLocal
	}
	return p.NameLatin + " · " + p.NameLocal
}

// Standing is how it stands on the day, as a word of the code.
func (p Person) Standing(today time.Time) string {
	switch {
	case p.ConfirmedAt.IsZero():
		return "waits"
	case !p.LiftedAt.IsZero():
		return "lifted"
	case !p.Until.IsZero() && p.Until.Before(today):
		return "over"
	case p.From.After(today):
		return "coming"
	}
	return "barred"
}

// Draft is what an officer states about somebody.
type Draft struct {
	NameLatin, NameLocal string
	BornOn               time.Time
	Country              string // that issued the document
	Document             string // its number; "" without one
	Ground, Text         string
	From, Until          time.Time
}

const (
	maxName = 200
	maxText = 4000
)

// check returns the draft as it is kept. Somebody whom nothing identifies is nobody.
func (s *Service) check(d Draft) (Draft, error) {
	wrong := fault.Fields{}
	d.NameLatin, d.NameLocal = strings.Join(strings.Fields(d.NameLatin), " "), strings.Join(strings.Fields(d.NameLocal), " ")
	d.Text = strings.TrimSpace(d.Text)
	if matching.Fold(d.NameLatin)+matching.Fold(d.NameLocal) == "" {
		wrong["name_latin"] = "form.required"
	}
	for field, name := range map[string]string{"name_latin": d.NameLatin, "name_local": d.NameLocal} {
		if utf8.RuneCountInString(name) > maxName {
			wrong[field] = "barred.error.long"
		}
	}
	today := s.Today()
	switch {
	case strings.TrimSpace(d.Document) == "" && d.BornOn.IsZero():
		wrong["document"] = "barred.error.identify"
	case strings.TrimSpace(d.Document) != "" && !country.Valid(d.Country):
		wrong["document_country"] = "form.choice"
	}
	if !d.BornOn.IsZero() && (d.BornOn.After(today.AddDate(-15, 0, 0)) || d.BornOn.Year() < 1900) {
		wrong["born_on"] = "form.date"
	}
	if !slices.Contains(licensing.Grounds(), d.Ground) {
		wrong["ground"] = "form.choice"
	}
	switch n := utf8.RuneCountInString(d.Text); {
	case n == 0:
		wrong["text"] = "form.required"
	case n > maxText:
		wrong["text"] = "barred.error.long"
	}
	if d.From.IsZero() {
		wrong["from"] = "form.date"
	}
	if !d.Until.IsZero() && d.Until.Before(d.From) {
		wrong["until"] = "barred.error.order"
	}
	return d, fault.FromFields(wrong)
}

// Bar proposes that somebody is barred, for a second officer to confirm, and returns
// the decision that waits. Mistakes are faults at the fields.
func (s *Service) Bar(ctx context.Context, actor identity.Actor, d Draft, p Proposer) (uuid.UUID, error) {
	if err := authority.Require(actor, authority.BarredPropose, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	d, err := s.check(d)
	if err != nil {
		return uuid.Nil, err
	}
	row := newRow(d, actor.PersonID, s.Clock.Now())
	if number := strings.TrimSpace(d.Document); number != "" {
		token, err := matching.TokenOf(ctx, s.Hasher, matching.Document(d.Country, number))
		if err != nil {
			return uuid.Nil, fmt.Errorf("hash a document: %w", err)
		}
		row.Token, row.Last4 = string(token), last4(number)
	}
	err = s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		proposal := decision.Proposal{ID: row.DecisionID, Kind: AddKind, Subject: row.ID, UnitID: actor.UnitID}
		if _, err := p.ProposeIn(tx, actor, proposal); err != nil {
			return err
		}
		return insert(tx, row)
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("propose to bar somebody: %w", err)
	}
	return row.DecisionID, nil
}

func last4(number string) string {
	all := []rune(strings.Join(strings.Fields(number), ""))
	return string(all[max(0, len(all)-4):])
}

// Lift proposes that somebody is barred no more.
func (s *Service) Lift(ctx context.Context, actor identity.Actor, key uuid.UUID, text string, p Proposer) (uuid.UUID, error) {
	if err := authority.Require(actor, authority.BarredPropose, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return uuid.Nil, fault.Field("text", "form.required")
	}
	if utf8.RuneCountInString(text) > maxText {
		return uuid.Nil, fault.Field("text", "barred.error.long")
	}
	waits := id.New()
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		if err := mayLift(tx, key); err != nil {
			return err
		}
		if _, err := p.ProposeIn(tx, actor, decision.Proposal{ID: waits, Kind: LiftKind, Subject: key, UnitID: actor.UnitID}); err != nil {
			return err
		}
		return insertLift(tx, waits, key, text, actor.PersonID, s.Clock.Now())
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("propose to lift a bar: %w", err)
	}
	return waits, nil
}

func mayLift(tx postgres.Tx, key uuid.UUID) error {
	p, err := hold(tx, key)
	if err == nil && (p.ConfirmedAt.IsZero() || !p.LiftedAt.IsZero()) {
		err = fault.New(fault.Conflict, "barred.error.not_barred")
	}
	return err
}

// List lists those whose name holds a text, the latest first.
func (s *Service) List(ctx context.Context, actor identity.Actor, name string) (all []Person, err error) {
	if err := authority.Require(actor, authority.BarredRead, authority.Object{}); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		all, err = list(tx, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list who is barred: %w", err)
	}
	return all, nil
}

// Get opens one, or is a NotFound fault.
func (s *Service) Get(ctx context.Context, actor identity.Actor, key uuid.UUID) (p Person, err error) {
	if err := authority.Require(actor, authority.BarredRead, authority.Object{}); err != nil {
		return p, err
	}
	err = s.DB.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if p, err = find(tx, key); err != nil {
			return err
		}
		p.Places, err = places(tx, key)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("read who is barred: %w", err)
	}
	return p, nil
}

func record(tx postgres.Tx, by identity.Actor, deed string, key uuid.UUID) error {
	return audit.Record(tx, audit.Entry{Actor: by, Action: "barred." + deed, ObjectKind: "barred", ObjectID: key})
}
