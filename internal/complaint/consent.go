package complaint

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Consent is what a reporter can allow after the complaint was filed, as
// complaint_consents has it. It adds to what was allowed then; what somebody has
// read cannot be taken back.
type Consent string

// What can be allowed.
const (
	ConsentLabourDesk   = Consent(LabourDesk)
	ConsentPolice       = Consent(Police)
	ConsentWorkerAgrees = Consent("worker_agrees") // whom it is about lets police know who they are
)

// Given is a consent that was given after the complaint was filed.
type Given struct {
	Consent Consent
	At      time.Time
}

// Allow records what the holder of a receipt allows after all, and seals the
// complaint to whoever may hold more of it by that, with the receipt's own key: no
// other hand holds all of it. Exclusions come first and a first reading before
// local desks, as at filing, by the policy of the day. To allow what is allowed
// already changes nothing. Where the retention rules deleted what it rests on, it
// is a Conflict fault; where a desk has no key, an Unavailable one.
func (s *Service) Allow(ctx context.Context, by identity.Actor, token string, sealedKey []byte, given ...Consent) error {
	if err := authority.Require(by, authority.ComplaintConsent, authority.Object{ComplaintID: by.ComplaintID}); err != nil {
		return err
	}
	if err := again(s.Desks, func() error { return s.allow(ctx, by, token, sealedKey, given) }); err != nil {
		return fmt.Errorf("allow: %w", err)
	}
	return nil
}

func (s *Service) allow(ctx context.Context, by identity.Actor, token string, sealedKey []byte, given []Consent) error {
	var before standing
	err := s.DB.InTx(ctx, by, func(tx postgres.Tx) (err error) {
		before, err = lockStanding(tx, by.Proof)
		return err
	})
	if err != nil {
		return err
	}
	mine, opened, err := s.openOwn(ctx, by, token, sealedKey)
	if err != nil {
		return err
	}
	if mine.Contents.Answers == nil {
		return fault.New(fault.Conflict, "complaint.consent.deleted")
	}
	wider := mine.Contents.Intake()
	fresh, err := wider.allow(given)
	if err != nil || len(fresh) == 0 {
		return err
	}
	shut, c, err := s.widen(ctx, by.ComplaintID, wider, opened, before)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, by, func(tx postgres.Tx) error {
		now, err := lockStanding(tx, by.Proof)
		if err != nil {
			return err
		}
		if !now.same(before) {
			return errMeanwhile
		}
		return s.recordConsent(tx, by, fresh, c, shut)
	})
}

// allow adds what is given, and returns what of it is new.
func (in *Intake) allow(given []Consent) (fresh []Consent, err error) {
	for _, c := range given {
		known := false
		switch c {
		case ConsentLabourDesk, ConsentPolice:
			if known = slices.Contains(in.MayAct, MayAct(c)); !known {
				in.MayAct = with(in.MayAct, MayAct(c))
			}
		case ConsentWorkerAgrees:
			if in.About == AboutSelf {
				return nil, fault.Field("worker_agrees", "form.choice")
			}
			known, in.WorkerAgrees = in.WorkerAgrees, true
		default:
			return nil, fault.Field("may_act", "form.choice")
		}
		if !known {
			fresh = append(fresh, c)
		}
	}
	return fresh, nil
}

// recordConsent writes down what was allowed and all that follows from it.
func (s *Service) recordConsent(tx postgres.Tx, by identity.Actor, fresh []Consent, c Complaint, shut closed) error {
	for _, consent := range fresh {
		pin := s.Keys.Pins().Pin("consent", pinned(c.id, consent, c.at)...)
		if err := insertConsent(tx, by.Proof, consentRow{Consent: consent, GivenAt: c.at, Pin: pin}); err != nil {
			return err
		}
	}
	if err := insertWidened(tx, by.Proof, c, shut); err != nil {
		return err
	}
	if r := shut.reading; r != nil && r.Needed {
		if err := promiseReading(tx, *r); err != nil {
			return err
		}
	}
	defer s.Step("consent: before commit")
	return audit.Record(tx, audit.Entry{Actor: by, Action: "complaint.consent", ObjectKind: "complaint", ObjectID: c.id})
}

// pinned is what the pin of a consent binds.
func pinned(complaint uuid.UUID, c Consent, at time.Time) [][]byte {
	micros := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMicro())) // #nosec G115 -- the bits, not the number
	return [][]byte{complaint[:], []byte(c), micros}
}

// addConsents adds to the answers what was allowed later, where it was the portal
// that wrote it down.
func (s *Service) addConsents(complaint uuid.UUID, rows []consentRow, c *Contents) {
	for _, r := range rows {
		if !s.Keys.Pins().Check(r.Pin, "consent", pinned(complaint, r.Consent, r.GivenAt)...) {
			continue
		}
		c.Later = append(c.Later, Given{Consent: r.Consent, At: r.GivenAt})
		if r.Consent == ConsentWorkerAgrees {
			c.Answers.WorkerAgrees = true
		} else {
			c.Answers.MayAct = with(c.Answers.MayAct, MayAct(r.Consent))
		}
	}
}

// with returns a list that also names who, in the order in which it is asked.
func with(all []MayAct, who MayAct) []MayAct {
	more := append(slices.Clone(all), who)
	slices.Sort(more)
	return slices.Compact(more)
}
