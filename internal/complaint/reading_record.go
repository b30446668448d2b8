package complaint

import (
	"context"
	"fmt"
	"slices"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// NobodyNamed records that the complaint names no official, and releases it to
// the desks that waited. Their envelopes are made here, in the reader's own
// session, from the data keys of the reader's envelope. Who they are is decided
// anew from what was sealed: a row that somebody altered sends nothing astray.
// Somebody who comes second gets a Conflict.
func (s *Service) NobodyNamed(ctx context.Context, by identity.Holder, key uuid.UUID) error {
	var row readingRow
	err := s.DB.InTx(ctx, by, func(tx postgres.Tx) (err error) {
		if row, _, err = s.reading(tx, by.Actor, key, authority.ReadingDecide); err != nil {
			return err
		}
		// To release it is to open it, whatever comes of that.
		return audit.Record(tx, audit.Entry{Actor: by.Actor, Action: "reading.open", ObjectKind: "complaint", ObjectID: row.ComplaintID})
	})
	if err != nil {
		return fmt.Errorf("record reading: %w", err)
	}
	if err := again(s.Desks, func() error { return s.release(ctx, by, row) }); err != nil {
		return fmt.Errorf("record reading: %w", err)
	}
	return nil
}

// release records the verdict and addresses what waited. What the reporter allowed
// until then counts; what they allow meanwhile is errMeanwhile.
func (s *Service) release(ctx context.Context, by identity.Holder, row readingRow) error {
	var shut sealedRows
	err := s.DB.Read(ctx, by, func(tx postgres.Tx) (err error) {
		shut, err = findSealed(tx, row.ComplaintID, by.UnitCode)
		return err
	})
	if err != nil {
		return err
	}
	envelopes, err := s.releases(ctx, by, row, shut)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		if err := s.decide(tx, by.Actor, row, NoneNamed, nil, nil); err != nil {
			return err
		}
		// Nobody consents from here on: the reading is locked.
		consents, err := consentsTo(tx, row.ComplaintID)
		if err != nil {
			return err
		}
		if len(consents) != len(shut.Consents) {
			return errMeanwhile
		}
		for _, e := range envelopes {
			if err := releaseEnvelope(tx, row.ComplaintID, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// releases makes the envelopes of the desks that wait.
func (s *Service) releases(ctx context.Context, by identity.Holder, row readingRow, shut sealedRows) ([]envelopeRow, error) {
	opened, err := s.unseal(ctx, by, row.ComplaintID, shut)
	if err != nil {
		return nil, err
	}
	contents, err := s.contents(row.ComplaintID, shut, opened)
	if err != nil {
		return nil, err
	}
	c, err := New(row.ComplaintID, contents.Intake(), row.MadeAt)
	if err != nil {
		return nil, err
	}
	agency, err := s.agencyOf(ctx, c)
	if err != nil {
		return nil, err
	}
	plan, err := s.plan(ctx, c, agency, opened.Items(), standing{})
	if err != nil {
		return nil, err
	}
	var out closed
	err = s.address(ctx, c, opened, plan.later, &out)
	return out.envelopes, err
}

// OfficialIsNamed records that the complaint names an official, of that office
// or, for uuid.Nil, of one that is not known. Nothing is released, whoever is
// excluded by it stays so, and the oversight body has it from then on and is
// told; where it is its own official, whoever goesOn names.
func (s *Service) OfficialIsNamed(ctx context.Context, by identity.Actor, key, office uuid.UUID) error {
	err := s.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		row, _, err := s.reading(tx, by, key, authority.ReadingDecide)
		if err != nil {
			return err
		}
		units, err := s.units(tx)
		if err != nil {
			return err
		}
		var named *uuid.UUID
		if office != uuid.Nil {
			if !slices.ContainsFunc(units, func(u unit) bool { return u.ID == office && u.ofState() }) {
				return fault.Field("office", "form.choice")
			}
			named = &office
		}
		out := addressing{excluded: exclusions(units, office)}
		handed, ok := out.goesOn(units, row.UnitID)
		if !ok {
			return fault.New(fault.Unavailable, "complaint.error.no_desk")
		}
		if err := s.decide(tx, by, row, OfficialNamed, named, &handed); err != nil {
			return err
		}
		if err := insertExclusions(tx, row.ComplaintID, out.excluded); err != nil {
			return err
		}
		return outbox.Append(tx, outbox.Promise{Topic: TopicReadingHanded, SubjectID: row.ID})
	})
	if err != nil {
		return fmt.Errorf("record reading: %w", err)
	}
	return nil
}

// goesOn finds who takes on a complaint that names an official: the oversight
// body; where it is excluded the desk that read it, which holds all of it; and
// where that is excluded, too, the ministry, which oversight gives way to.
func (a addressing) goesOn(units []unit, reader uuid.UUID) (uuid.UUID, bool) {
	if u, ok := a.first(units, identity.UnitOversight); ok {
		return u.ID, true
	}
	if _, out := a.excluded[reader]; !out {
		return reader, true
	}
	u, ok := a.first(units, identity.UnitMinistry)
	return u.ID, ok
}

func (s *Service) decide(tx postgres.Tx, by identity.Actor, row readingRow, v Verdict, named, handed *uuid.UUID) error {
	first, err := decideReading(tx, row.ID, v, named, handed, by.PersonID, s.Clock.Now())
	if err != nil {
		return err
	}
	if !first {
		return fault.New(fault.Conflict, "reading.late")
	}
	return audit.Record(tx, audit.Entry{Actor: by, Action: "reading." + string(v), ObjectKind: "complaint", ObjectID: row.ComplaintID})
}
