package licensing

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Order is what a grant gives an agency.
type Order struct {
	Agency, Application uuid.UUID
	// Number is the licence number of a first grant; a later one keeps the old, and
	// Number is then empty or the same.
	Number string
	// Period is zero for a change, which gives no time.
	Period Period
	// Scope is where and for which work; a change may widen that of the period that
	// runs.
	Scope []ScopeLine
}

var licenceNumber = regexp.MustCompile(`^[A-Z0-9/-]{4,30}$`)

// longestPeriod is no law: a longer one is a slip of the keyboard.
const longestPeriod = 30 // years

// Check returns what is wrong with an order by itself, at the fields number,
// valid_from, valid_until and scope.
func (o Order) Check(today time.Time) error {
	wrong := fault.Fields{}
	if o.Number != "" && !licenceNumber.MatchString(o.Number) {
		wrong["number"] = "licensing.number_form"
	}
	if len(o.Scope) == 0 {
		wrong["scope"] = "licensing.scope_required"
	}
	if slices.ContainsFunc(o.Scope, func(l ScopeLine) bool { return !l.valid() }) {
		wrong["scope"] = "form.choice"
	}
	for i, line := range o.Scope {
		if slices.ContainsFunc(o.Scope[i+1:], func(other ScopeLine) bool {
			return other.Destination == line.Destination && (strings.HasPrefix(other.Occupation, line.Occupation) || strings.HasPrefix(line.Occupation, other.Occupation))
		}) {
			wrong["scope"] = "licensing.scope_overlaps"
		}
	}
	from, until := o.Period.From, o.Period.Until
	switch {
	case from.IsZero():
		wrong["valid_from"] = "form.required"
	case from.Before(today.AddDate(-longestPeriod, 0, 0)):
		wrong["valid_from"] = "form.date"
	}
	switch {
	case until.IsZero():
		wrong["valid_until"] = "form.required"
	case until.Before(from):
		wrong["valid_until"] = "licensing.until_before_from"
	case until.Before(today):
		wrong["valid_until"] = "licensing.period_over"
	case until.After(from.AddDate(longestPeriod, 0, 0)):
		wrong["valid_until"] = "licensing.period_too_long"
	}
	return fault.FromFields(wrong)
}

// MayGrant returns why the licence cannot be granted as ordered today, as a fault.
func (s *Service) MayGrant(tx postgres.Tx, o Order) error {
	licence, err := LicenceOf(tx, o.Agency)
	if err != nil {
		return err
	}
	today := s.Today()
	// Suspended while renewing: what is asked for is examined, and granted when the
	// suspension is lifted.
	if state := licence.StateOn(today); state == Suspended || state == Revoked {
		return fault.New(fault.Conflict, "licensing.barred").With("decision", "licensing.barred")
	}
	if o.Period == (Period{}) {
		if !licence.runsOn(today) {
			return fault.New(fault.Conflict, "licensing.no_period").With("decision", "licensing.no_period")
		}
		return nil
	}
	if err := o.Check(today); err != nil {
		return err
	}
	for _, p := range licence.Periods {
		if !o.Period.From.After(p.Until) && !p.From.After(o.Period.Until) {
			return fault.New(fault.Conflict, "licensing.period_overlaps").With("valid_from", "licensing.period_overlaps")
		}
	}
	book, err := s.laws.Book(tx)
	if err != nil {
		return err
	}
	if err := TermOn(book, today).allows(o.Period); err != nil {
		return err
	}
	return mayNumber(tx, o.Agency, licence, o.Number)
}

func mayNumber(tx postgres.Tx, agency uuid.UUID, licence Licence, number string) error {
	switch {
	case licence.Number != "" && (number == "" || number == licence.Number):
		return nil
	case licence.Number != "":
		return fault.Field("number", "licensing.number_kept")
	case number == "":
		return fault.Field("number", "form.required")
	}
	taken, err := numberTaken(tx, agency, number)
	if err == nil && taken {
		err = errNumberTaken()
	}
	return err
}

func errNumberTaken() error {
	return fault.New(fault.Conflict, "licensing.number_taken").With("number", "licensing.number_taken")
}

// Grant writes the licence as ordered, within the transaction that decides. The
// agency's row is held, so that two grants or a grant and a sanction cannot pass
// one another.
func (s *Service) Grant(tx postgres.Tx, actor identity.Actor, o Order) error {
	if err := lockAgency(tx, o.Agency); err != nil {
		return err
	}
	if err := s.MayGrant(tx, o); err != nil {
		return err
	}
	if o.Period == (Period{}) {
		return s.widen(tx, actor, o)
	}
	licence, err := LicenceOf(tx, o.Agency)
	if err != nil {
		return err
	}
	if licence.Number == "" {
		fresh, err := insertNumber(tx, o.Agency, o.Number)
		if err != nil {
			return err
		}
		if !fresh {
			return errNumberTaken()
		}
	}
	book, err := s.laws.Book(tx)
	if err != nil {
		return err
	}
	period, err := insertPeriod(tx, o, TermOn(book, s.Today()))
	if err != nil {
		return err
	}
	if err := insertScope(tx, period, o.Scope, o.Period.From); err != nil {
		return err
	}
	if err := insertEvent(tx, o.Agency, Event{Kind: EventGranted, On: s.Today()}); err != nil {
		return err
	}
	if err := markLicensed(tx, o.Agency, s.clock.Now()); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: actor, Action: "licence.granted", ObjectKind: "agency", ObjectID: o.Agency})
}

// widen adds to the scope of the period that runs what it does not hold yet.
func (s *Service) widen(tx postgres.Tx, actor identity.Actor, o Order) error {
	now, err := ScopeOn(tx, o.Agency, s.Today())
	if err != nil {
		return err
	}
	if now.Period == uuid.Nil {
		return errors.New("widen a period that does not run")
	}
	var fresh []ScopeLine
	for _, line := range o.Scope {
		if !now.Covers(line.Destination, line.Occupation) {
			fresh = append(fresh, line)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := insertScope(tx, now.Period, fresh, s.Today()); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: actor, Action: "licence.widened", ObjectKind: "agency", ObjectID: o.Agency})
}
