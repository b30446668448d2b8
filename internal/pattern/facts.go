package pattern

import (
	"cmp"
	"slices"
	"time"
)

// Day counts days since 1 January 1970. Rules know no finer time: order within
// a day never matters.
type Day int

const secondsPerDay = 24 * 60 * 60

// DayOf gives the calendar day of t in t's own location; the caller chooses it.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// Time gives midnight UTC of the day, for a date column.
func (d Day) Time() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// String gives the day as in ISO 8601.
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

// SubjectKind says what a finding is about.
type SubjectKind string

// The kinds that the rules judge. A phone is its keyed token.
const (
	Agency   SubjectKind = "agency"
	Employer SubjectKind = "employer"
	Phone    SubjectKind = "phone"
)

// Subject is one agency, employer or phone. Key is the register's id, or the
// keyed token where the register has none.
type Subject struct {
	Kind SubjectKind
	Key  string
}

// Facts are what one evaluation knows about one subject at the end of one day.
// Live screening passes the filing day of the complaint that it screens.
type Facts struct {
	Subject Subject
	AsOf    Day
	// Complaints name the subject and reach back at least Needs.HistoryDays.
	// Their order is irrelevant; those after AsOf are ignored.
	Complaints []Complaint
	// Exposure has one entry for each of Needs.ExposureDays; a missing one is read
	// as no departures on record.
	Exposure []Exposure
	// RegisteredPhones maps phone tokens that agencies registered to the keys of
	// those agencies. Tokens absent here are registered to nobody.
	RegisteredPhones map[string][]string
}

// Complaint is what detection may read of one complaint.
type Complaint struct {
	ID  string // sorts by age within a day (UUIDv7)
	Day Day    // filed on
	// Voice is the same for complaints that may come from one teller; see Voices.
	Voice string

	Agency      string // key of the agency; "" when not given
	Employer    string // key of the employer; "" when not given
	BrokerPhone string // token of the phone of who recruited; "" when not given
	Reporter    string // token of the reporter's own phone; "" when not given
	Signature   uint64 // near-duplicate signature of the narrative; 0 when too short
	Country     string // destination, ISO 3166-1 alpha-2; "" when not said

	FirstHand     bool // the reporter lived or saw it
	RegistryMatch bool // a registered placement with the accused was found
	Said          []Said

	Departed Answer
	Minor    bool // somebody under 18 is concerned
	Missing  bool
	Danger   bool // now
	Official bool // an official is accused

	// Whole US dollars; nil when not said.
	FeeUSD, DebtUSD, WageUSD *int
}

// Answer is a question's answer that may not have been given.
type Answer int8

// The zero Answer is Unsaid.
const (
	Unsaid Answer = iota
	Yes
	No
)

// Exposure is how many people could have complained in the Days up to AsOf.
type Exposure struct {
	Days int
	// Corridors are the destinations to which the subject has departures.
	Corridors []Corridor
	// National is all destinations together, unstated ones included.
	National Corridor
}

// Corridor compares the subject with everybody, itself included, towards one
// destination.
type Corridor struct {
	Country string // ISO 3166-1 alpha-2; "" for all
	Subject Totals
	All     Totals
}

// Totals counts complaints filed in an exposure window and departures in the
// same window opened earlier by Needs.LagDays, since people complain late.
type Totals struct {
	Complaints int
	Departures int
}

// others is everybody but the subject: a subject must not set the rate by which
// it is judged.
func (c Corridor) others() Totals {
	return Totals{
		Complaints: max(0, c.All.Complaints-c.Subject.Complaints),
		Departures: max(0, c.All.Departures-c.Subject.Departures),
	}
}

// exposure gives the entry for a window, or none.
func (f Facts) exposure(days int) (Exposure, bool) {
	at := slices.IndexFunc(f.Exposure, func(e Exposure) bool { return e.Days == days })
	if at < 0 {
		return Exposure{}, false
	}
	return f.Exposure[at], true
}

// known gives the complaints filed by AsOf, each once, oldest first.
func (f Facts) known() []Complaint {
	var out []Complaint
	for _, c := range f.Complaints {
		if c.Day <= f.AsOf {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Complaint) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(out, func(a, b Complaint) bool { return a.ID == b.ID })
}
