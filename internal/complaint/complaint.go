package complaint

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Longest answers, in characters.
const (
	MaxNarrative = 20_000
	MaxAnswer    = 500
)

// maxUSD is more than any recruitment fee; above it somebody typed another
// currency.
const maxUSD = 1_000_000

// Complaint is an intake that may be filed: every invariant holds.
type Complaint struct {
	id      uuid.UUID
	at      time.Time // when it was filed, or more of it allowed
	in      Intake
	typedBy uuid.UUID // the unit whose desk typed it; zero for the reporter themselves
}

// New checks the intake. What is wrong is an Invalid fault by form field; an
// intake that says nothing at all is one at "narrative".
func New(id uuid.UUID, in Intake, at time.Time) (Complaint, error) {
	if in.About == "" {
		in.About = AboutUnsaid
	}
	if !in.Official {
		in.OfficialUnit = uuid.Nil
	}
	wrong := fault.Fields{}
	checkChoices(in, wrong)
	checkLengths(in, wrong)
	checkFigures(in, at, wrong)
	if in.WorkerName != "" && in.About == AboutSelf {
		wrong["worker_name"] = "complaint.error.worker_self"
	}
	if in.empty() {
		wrong["narrative"] = "complaint.error.empty"
	}
	if err := fault.FromFields(wrong); err != nil {
		return Complaint{}, err
	}
	return Complaint{id: id, at: at, in: in}, nil
}

func checkChoices(in Intake, wrong fault.Fields) {
	known := map[string]bool{
		"safe":        slices.Contains([]Safety{"", SafeNow, InDanger, NotSure}, in.Safe),
		"phone_use":   slices.Contains([]PhoneUse{"", OwnPhone, SharedPhone}, in.Phone),
		"about":       slices.Contains([]About{AboutSelf, AboutFamily, AboutFriend, AboutWorker, AboutOther, AboutUnsaid}, in.About),
		"country":     in.Country == "" || country.Valid(in.Country),
		"contact_how": slices.Contains([]string{"", "call", "message"}, in.Contact.How),
	}
	for field, ok := range known {
		if !ok {
			wrong[field] = "form.choice"
		}
	}
	for indicator, phases := range in.Indicators {
		if !slices.Contains(Indicators(), indicator) {
			wrong["what"] = "form.choice"
		}
		for _, phase := range phases {
			if !slices.Contains([]Phase{Before, Travel, Work}, phase) {
				wrong["phase"] = "form.choice"
			}
		}
	}
	for _, who := range in.MayAct {
		if who != LabourDesk && who != Police {
			wrong["may_act"] = "form.choice"
		}
	}
}

func checkLengths(in Intake, wrong fault.Fields) {
	for field, text := range map[string]string{
		"place": in.Place, "agency": in.AgencyName, "employer": in.Employer, "broker_name": in.BrokerName,
		"broker_phone": in.BrokerPhone, "reporter_name": in.ReporterName, "worker_name": in.WorkerName,
		"contact_phone": in.Contact.Phone, "contact_when": in.Contact.When,
	} {
		if utf8.RuneCountInString(text) > MaxAnswer {
			wrong[field] = "complaint.error.too_long"
		}
	}
	if utf8.RuneCountInString(in.Narrative) > MaxNarrative {
		wrong["narrative"] = "complaint.error.narrative_too_long"
	}
}

func checkFigures(in Intake, now time.Time, wrong fault.Fields) {
	for field, amount := range map[string]*int{"fee": in.FeeUSD, "debt": in.DebtUSD, "wage": in.WageUSD} {
		if amount != nil && (*amount < 0 || *amount > maxUSD) {
			wrong[field] = "complaint.error.amount"
		}
	}
	if !in.HappenedOn.Possible(now) {
		wrong["happened"] = "complaint.error.day"
	}
}

// Possible accepts nothing, a year, a month of a year, or a real day, none of
// them after now. A day ahead is allowed for: it may be tomorrow already where
// the reporter is.
func (d Day) Possible(now time.Time) bool {
	const longAgo = 1950
	if d == (Day{}) {
		return true
	}
	// A year of twelve digits would turn round in the calendar and be past again.
	if d.Year < longAgo || d.Year > now.Year()+1 || d.Month < 0 || d.Month > 12 || d.Day < 0 || (d.Month == 0 && d.Day != 0) {
		return false
	}
	first := time.Date(d.Year, time.Month(max(d.Month, 1)), max(d.Day, 1), 0, 0, 0, 0, time.UTC)
	return first.Day() == max(d.Day, 1) && first.Before(now.AddDate(0, 0, 1))
}

// date returns the day that detection reads: the first of the month where no
// day is known, and nothing where only the year is.
func (d Day) date() *time.Time {
	if d.Year == 0 || d.Month == 0 {
		return nil
	}
	at := time.Date(d.Year, time.Month(d.Month), max(d.Day, 1), 0, 0, 0, 0, time.UTC)
	return &at
}

func (in Intake) empty() bool {
	return in.Safe != InDanger && !in.Minor && !in.MissingPerson && !in.NeverDeparted && !in.Official &&
		len(in.Indicators) == 0 && in.Narrative == "" && in.AgencyID == uuid.Nil && in.AgencyName == "" &&
		in.Employer == "" && in.BrokerName == "" && in.BrokerPhone == ""
}

// departed tells whether the worker left, as far as the answers show it.
func (c Complaint) departed() *bool {
	var left bool
	if c.in.NeverDeparted {
		return &left
	}
	for _, phases := range c.in.Indicators {
		if slices.Contains(phases, Work) || slices.Contains(phases, Travel) {
			left = true
			return &left
		}
	}
	return nil
}

// urgent is the life-or-child exception: danger now with violence or
// confinement, or a child.
func (c Complaint) urgent() bool {
	_, hurt := c.in.Indicators[Violence]
	_, held := c.in.Indicators[RestrictionOfMovement]
	return c.in.Minor || c.in.Safe == InDanger && (hurt || held)
}

// contents returns the items that there is something to seal of.
func (c Complaint) contents() (map[seal.Item][]byte, error) {
	items := map[seal.Item][]byte{}
	put := func(item seal.Item, value any) error {
		text, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("write item: %w", err)
		}
		items[item] = text
		return nil
	}
	if err := put(seal.Answers, c.in.answers()); err != nil {
		return nil, err
	}
	if c.in.Narrative != "" {
		items[seal.Narrative] = []byte(c.in.Narrative)
	}
	for person, name := range map[string]string{personReporter: c.in.ReporterName, personWorker: c.in.WorkerName} {
		if name == "" {
			continue
		}
		if err := put(seal.Identity(person), Person{Name: name}); err != nil {
			return nil, err
		}
	}
	if c.in.Contact != (Contact{}) {
		if err := put(seal.Contact(personReporter), c.in.Contact); err != nil {
			return nil, err
		}
	}
	return items, nil
}
