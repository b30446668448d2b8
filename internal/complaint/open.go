package complaint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Contents are the items that somebody could open; nil is not held, or was
// never said.
type Contents struct {
	Answers   *Answers
	Narrative *string
	Reporter  *Person
	Worker    *Person
	Contact   *Contact
	// Later is what the reporter allowed after filing; the answers count it in.
	Later []Given
	// Deleted are the items that were held and are no more.
	Deleted []Deleted
}

// Deleted says of an item that it was deleted under the retention rules, for
// everybody and for ever.
type Deleted struct {
	Item seal.Item
	At   time.Time // zero while the deletion is being written down
	Rule string    // the key of the policy
}

// Word names the item in keys of messages.
func (d Deleted) Word() string { return strings.ReplaceAll(string(d.Item), ":", "_") }

// Kind is the kind of data that the rule speaks of.
func (d Deleted) Kind() string { return strings.TrimPrefix(d.Rule, "retention.") }

// Gone returns what is known of an item that was deleted, or nil.
func (c Contents) Gone(item string) *Deleted {
	for i := range c.Deleted {
		if string(c.Deleted[i].Item) == item {
			return &c.Deleted[i]
		}
	}
	return nil
}

// OpenFor opens what the complaint sealed to the holder's desk, with the desk's
// key as it is wrapped to them, and records the read. A complaint that sealed
// nothing to the desk is a Forbidden fault, like one that does not exist.
func (s *Service) OpenFor(ctx context.Context, by identity.Holder, complaint uuid.UUID) (Contents, error) {
	action := authority.SealedRead
	if by.UnitKind == identity.UnitOversight {
		action = authority.OversightSealedRead
	}
	if err := authority.Require(by.Actor, action, authority.Object{UnitID: by.UnitID}); err != nil {
		return Contents{}, err
	}
	var shut sealedRows
	err := s.DB.InTx(ctx, by, func(tx postgres.Tx) (err error) {
		if shut, err = findSealed(tx, complaint, by.UnitCode); err != nil {
			return err
		}
		if err := authority.Require(by.Actor, action, authority.Object{UnitID: shut.UnitID, Barred: shut.Barred}); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "complaint.opened", ObjectKind: "complaint", ObjectID: complaint})
	})
	if err != nil {
		return Contents{}, fmt.Errorf("open complaint: %w", err)
	}
	opened, err := s.unseal(ctx, by, complaint, shut)
	if err != nil {
		return Contents{}, fmt.Errorf("open complaint: %w", err)
	}
	contents, err := s.contents(complaint, shut, opened)
	if err != nil {
		return Contents{}, fmt.Errorf("open complaint: %w", err)
	}
	return contents, nil
}

// unseal opens the envelope with the key of the holder's desk. It is the one
// place where such a key is used.
func (s *Service) unseal(ctx context.Context, by identity.Holder, complaint uuid.UUID, shut sealedRows) (seal.Opened, error) {
	err := s.DB.Read(ctx, identity.Door(), func(tx postgres.Tx) error { return shut.locate(tx, complaint) })
	if err != nil {
		return seal.Opened{}, fmt.Errorf("locate shred keys: %w", err)
	}
	desk, err := s.Desks.Unlock(ctx, by, shut.KeyID)
	if err != nil {
		return seal.Opened{}, err
	}
	return desk.Open(complaint, shut.Envelope)
}

// contents reads the items that the envelope holds, and in the answers also what
// the reporter allowed later.
func (s *Service) contents(complaint uuid.UUID, shut sealedRows, envelope seal.Opened) (Contents, error) {
	c, err := shut.open(envelope, s.Shred)
	if err == nil && c.Answers != nil {
		s.addConsents(complaint, shut.Consents, &c)
	}
	return c, err
}

// open reads the items that the envelope holds. The envelope decides, not the
// list of items beside it.
func (r sealedRows) open(envelope seal.Opened, keys ShredKeys) (Contents, error) {
	var c Contents
	targets := map[seal.Item]any{
		seal.Answers:                  &c.Answers,
		seal.Identity(personReporter): &c.Reporter,
		seal.Identity(personWorker):   &c.Worker,
		seal.Contact(personReporter):  &c.Contact,
	}
	for _, item := range envelope.Items() {
		row, ok := r.Items[item]
		if !ok {
			return Contents{}, seal.ErrSealed
		}
		text, err := row.openWith(envelope, keys)
		if errors.Is(err, shred.ErrDestroyed) {
			c.Deleted = append(c.Deleted, row.deleted())
			continue
		}
		if err != nil {
			return Contents{}, err
		}
		if item == seal.Narrative {
			words := string(text)
			c.Narrative = &words
			continue
		}
		target, known := targets[item]
		if !known {
			continue // of a newer schema than this program knows
		}
		if json.Unmarshal(text, target) != nil {
			return Contents{}, seal.ErrSealed // the parser's error would quote the text
		}
	}
	return c, nil
}

// openWith opens one item, or gives shred.ErrDestroyed.
func (row itemRow) openWith(envelope seal.Opened, keys ShredKeys) ([]byte, error) {
	if row.ShreddedAt != nil {
		return nil, shred.ErrDestroyed
	}
	key, err := keys.Secret(row.Slot)
	if err != nil {
		return nil, err
	}
	return envelope.Item(row.Item, row.Schema, key, row.Ciphertext)
}

func (row itemRow) deleted() Deleted {
	d := Deleted{Item: row.Item, Rule: row.Policy}
	if row.ShreddedAt != nil {
		d.At = *row.ShreddedAt
	}
	return d
}

// Intake gives the contents in the form in which they were told, for reading
// them back. What is not held is empty.
func (c Contents) Intake() Intake {
	var in Intake
	if a := c.Answers; a != nil {
		in = Intake{
			Language: a.Language, Safe: a.Safe, Phone: a.Phone, About: a.About,
			Minor: a.Minor, MissingPerson: a.MissingPerson, NeverDeparted: a.NeverDeparted, Official: a.Official, OfficialUnit: a.OfficialUnit,
			Indicators: a.Indicators, Country: a.Country, Place: a.Place, HappenedOn: a.HappenedOn,
			AgencyID: a.AgencyID, AgencyName: a.AgencyName, Employer: a.Employer,
			BrokerName: a.BrokerName, BrokerPhone: a.BrokerPhone,
			FeeUSD: a.FeeUSD, DebtUSD: a.DebtUSD, WageUSD: a.WageUSD,
			WorkerAgrees: a.WorkerAgrees, MayAct: a.MayAct,
		}
	}
	if c.Narrative != nil {
		in.Narrative = *c.Narrative
	}
	if c.Reporter != nil {
		in.ReporterName = c.Reporter.Name
	}
	if c.Worker != nil {
		in.WorkerName = c.Worker.Name
	}
	if c.Contact != nil {
		in.Contact = *c.Contact
	}
	return in
}
