package licensing

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Decision is what an officer decides.
type Decision struct {
	Grant  bool
	Reason string
	// Number is the licence number of a first grant; a renewal keeps the old
	// one, and Number is then empty or the same.
	Number string
	// ValidFrom and ValidUntil are the first and the last day of a grant, at
	// midnight UTC. They are ignored in a refusal.
	ValidFrom, ValidUntil time.Time
}

var licenceNumber = regexp.MustCompile(`^[A-Z0-9/-]{4,30}$`)

// longestPeriod is no law: a longer one is a slip of the keyboard.
const longestPeriod = 30 // years

// normal returns the decision as it is kept, or what is wrong with it at the
// fields reason, number, valid_from and valid_until.
func (d Decision) normal(today time.Time) (Decision, error) {
	wrong := fault.Fields{}
	d.Reason = strings.TrimSpace(d.Reason)
	switch {
	case d.Reason == "":
		wrong["reason"] = "licensing.reason_required"
	case utf8.RuneCountInString(d.Reason) > maxReason:
		wrong["reason"] = "licensing.too_long"
	}
	if !d.Grant {
		return d, fault.FromFields(wrong)
	}
	d.Number = strings.ToUpper(strings.TrimSpace(d.Number))
	if d.Number != "" && !licenceNumber.MatchString(d.Number) {
		wrong["number"] = "licensing.number_form"
	}
	switch {
	case d.ValidFrom.IsZero():
		wrong["valid_from"] = "form.required"
	case d.ValidFrom.Before(today.AddDate(-longestPeriod, 0, 0)):
		wrong["valid_from"] = "form.date"
	}
	switch {
	case d.ValidUntil.IsZero():
		wrong["valid_until"] = "form.required"
	case d.ValidUntil.Before(d.ValidFrom):
		wrong["valid_until"] = "licensing.until_before_from"
	case d.ValidUntil.Before(today):
		wrong["valid_until"] = "licensing.period_over"
	case d.ValidUntil.After(d.ValidFrom.AddDate(longestPeriod, 0, 0)):
		wrong["valid_until"] = "licensing.period_too_long"
	}
	return d, fault.FromFields(wrong)
}

// Decide grants or refuses an application, once. A grant makes the number, the
// period, the event and the agency's state in the same transaction. An
// application that is already decided is a Conflict fault without fields, one's
// own is Forbidden, a number of another agency is a Conflict at the field.
func (s *Service) Decide(ctx context.Context, actor identity.Actor, application uuid.UUID, d Decision) error {
	if err := authority.Require(actor, authority.ApplicationDecide, authority.Object{}); err != nil {
		return err
	}
	d, err := d.normal(s.Today())
	if err != nil {
		return err
	}
	to := Refused
	if d.Grant {
		to = Granted
	}
	err = s.db.InTx(ctx, actor, func(tx postgres.Tx) error {
		held, err := holdApplication(tx, application)
		if err != nil {
			return err
		}
		if !CanMove(held.Status, to) {
			return fault.New(fault.Conflict, "licensing.already_decided")
		}
		if held.FiledBy == actor.PersonID {
			return fault.New(fault.Forbidden, "licensing.own_application")
		}
		if err := decideApplication(tx, application, to, actor, d.Reason, s.clock.Now()); err != nil {
			return err
		}
		if err := audit.Record(tx, audit.Entry{Actor: actor, Action: "application." + string(to), ObjectKind: "application", ObjectID: application}); err != nil {
			return err
		}
		if !d.Grant {
			return nil
		}
		return s.grant(tx, actor, held.AgencyID, application, d)
	})
	if err != nil {
		return fmt.Errorf("decide application: %w", err)
	}
	return nil
}

// grant writes the licence. The agency's row is held, so that two grants or a
// grant and a sanction cannot pass one another.
func (s *Service) grant(tx postgres.Tx, actor identity.Actor, agency, application uuid.UUID, d Decision) error {
	if err := lockAgency(tx, agency); err != nil {
		return err
	}
	licence, err := LicenceOf(tx, agency)
	if err != nil {
		return err
	}
	today := s.Today()
	if state := licence.StateOn(today); state == Suspended || state == Revoked {
		return fault.New(fault.Conflict, "licensing.barred").With("decision", "licensing.barred")
	}
	for _, p := range licence.Periods {
		if !d.ValidFrom.After(p.Until) && !p.From.After(d.ValidUntil) {
			return fault.New(fault.Conflict, "licensing.period_overlaps").With("valid_from", "licensing.period_overlaps")
		}
	}
	book, err := s.laws.Book(tx)
	if err != nil {
		return err
	}
	period, term := Period{d.ValidFrom, d.ValidUntil}, termOn(book, today)
	if err := term.allows(period); err != nil {
		return err
	}
	if err := s.number(tx, agency, licence, d.Number); err != nil {
		return err
	}
	if err := insertPeriod(tx, agency, application, period, term); err != nil {
		return err
	}
	if err := insertEvent(tx, agency, Event{Kind: EventGranted, On: today}); err != nil {
		return err
	}
	if err := markLicensed(tx, agency, s.clock.Now()); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: actor, Action: "licence.granted", ObjectKind: "agency", ObjectID: agency})
}

// number gives a first licence its number; a later one keeps what it has.
func (s *Service) number(tx postgres.Tx, agency uuid.UUID, licence Licence, number string) error {
	switch {
	case licence.Number != "" && (number == "" || number == licence.Number):
		return nil
	case licence.Number != "":
		return fault.Field("number", "licensing.number_kept")
	case number == "":
		return fault.Field("number", "form.required")
	}
	fresh, err := insertNumber(tx, agency, number)
	if err != nil {
		return err
	}
	if !fresh {
		return fault.New(fault.Conflict, "licensing.number_taken").With("number", "licensing.number_taken")
	}
	return nil
}
