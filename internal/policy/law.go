package policy

import "slices"

// Key names a law, as the policies table has it.
type Key string

// What can be set.
const (
	LicenceTerm       Key = "licence.term"
	LicenceRenewal    Key = "licence.renewal"
	LicenceDocuments  Key = "licence.documents"
	LicenceFee        Key = "licence.fee"
	LicenceDecision   Key = "licence.decision"
	LicenceReply      Key = "licence.reply"
	LicenceAppeal     Key = "licence.appeal"
	LicenceSuspension Key = "licence.suspension"
	LicenceFitness    Key = "licence.fitness"
	InspectionPoints  Key = "inspection.points"
	GuaranteeAmount   Key = "guarantee.amount"
	GuaranteeTopUp    Key = "guarantee.top_up"
	GuaranteeRelease  Key = "guarantee.release"
	PlacementAge      Key = "placement.age"
	PlacementScope    Key = "placement.scope"
	PlacementBans     Key = "placement.bans"
	CalendarWeekend   Key = "calendar.weekend"
	CalendarHolidays  Key = "calendar.holidays"
)

// Law describes what one key holds: a JSON object with these fields.
type Law struct {
	Key    Key
	Fields []Field
	// whole finds what no field shows alone; nil finds nothing. It is asked when
	// every field is right by itself.
	whole func(v object) (field string, p Problem, wrong bool)
}

// Field is one part of a law's value.
type Field struct {
	Name string
	Type Type
	// Optional fields may be left out of the object.
	Optional bool
	Min, Max int64    // of Count
	Choices  []string // of Choice and Codes
	Columns  []Field  // of Rows
}

// Type says what a field holds, in JSON.
type Type string

// The types.
const (
	Count       Type = "count"      // a whole number
	Amount      Type = "amount"     // minor units of the law's currency, a whole number
	Currency    Type = "currency"   // ISO 4217, a text
	Day         Type = "day"        // YYYY-MM-DD
	Text        Type = "text"       // a line of up to 200 characters
	Choice      Type = "choice"     // one of Choices
	Codes       Type = "codes"      // a list of some of Choices
	CountryList Type = "countries"  // a list of ISO 3166-1 alpha-2
	Country     Type = "country"    // ISO 3166-1 alpha-2
	Occupation  Type = "occupation" // one to four digits of ISCO-08
	Rows        Type = "rows"       // a list of objects with Columns
)

// The two ways of counting days.
const (
	CalendarDays = "calendar"
	WorkingDays  = "working"
)

// Documents are what an applicant can be asked for.
func Documents() []string {
	return []string{
		"company_registration", "tax_registration", "bank_guarantee", "criminal_record", "office_lease", "training_site", "insurance",
		"social_security", "representative_abroad", "advert_permission", "business_plan", "audited_accounts",
	}
}

func weekdays() []string {
	return []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
}

func span() []Field {
	return []Field{
		{Name: "days", Type: Count, Min: 1, Max: 3650},
		{Name: "basis", Type: Choice, Choices: []string{CalendarDays, WorkingDays}},
	}
}

func occupations() []Field {
	return []Field{{Name: "destination", Type: Country, Optional: true}, {Name: "occupation", Type: Occupation, Optional: true}}
}

var laws = []Law{
	{Key: LicenceTerm, Fields: []Field{{Name: "months", Type: Count, Min: 1, Max: 360}}},
	{Key: LicenceRenewal, Fields: []Field{
		{Name: "before_days", Type: Count, Min: 1, Max: 3650}, {Name: "late_days", Type: Count, Max: 3650},
	}},
	{Key: LicenceDocuments, Fields: []Field{{Name: "required", Type: Codes, Choices: Documents()}}},
	{Key: LicenceFee, Fields: []Field{
		{Name: "currency", Type: Currency}, {Name: "application", Type: Amount}, {Name: "renewal", Type: Amount},
	}},
	{Key: LicenceDecision, Fields: span()},
	{Key: LicenceReply, Fields: span()},
	{Key: LicenceAppeal, Fields: span()},
	{Key: LicenceSuspension, Fields: span()},
	{Key: LicenceFitness, Fields: []Field{
		{Name: "weak", Type: Count, Min: 1, Max: 1000},
		{Name: "strong", Type: Count, Min: 1, Max: 1000},
		{Name: "generic", Type: Count, Min: 2, Max: 1000},
		{Name: "sample", Type: Count, Max: 100},
	}, whole: thresholdsRise},
	{Key: InspectionPoints, Fields: []Field{
		{Name: "critical", Type: Count, Min: 1, Max: 1000},
		{Name: "major", Type: Count, Min: 1, Max: 1000},
		{Name: "minor", Type: Count, Min: 1, Max: 1000},
		{Name: "fails_at", Type: Count, Min: 1, Max: 1000},
	}, whole: pointsFall},
	{Key: GuaranteeAmount, Fields: []Field{
		{Name: "currency", Type: Currency},
		{Name: "flat", Type: Amount, Optional: true},
		{Name: "tiers", Type: Rows, Optional: true, Columns: []Field{
			{Name: "up_to", Type: Count, Min: 1, Max: 10_000_000, Optional: true}, {Name: "amount", Type: Amount},
		}},
	}, whole: oneAmount},
	{Key: GuaranteeTopUp, Fields: span()},
	{Key: GuaranteeRelease, Fields: span()},
	{Key: PlacementAge, Fields: []Field{
		{Name: "any", Type: Count, Min: 14, Max: 99},
		{Name: "exceptions", Type: Rows, Optional: true, Columns: append(occupations(), Field{Name: "age", Type: Count, Min: 14, Max: 99})},
	}, whole: narrowed("exceptions")},
	{Key: PlacementScope, Fields: []Field{{Name: "destinations", Type: CountryList}}},
	{Key: PlacementBans, Fields: []Field{
		{Name: "bans", Type: Rows, Columns: append(occupations(), Field{Name: "from", Type: Day}, Field{Name: "until", Type: Day, Optional: true})},
	}, whole: bansEnd},
	{Key: CalendarWeekend, Fields: []Field{{Name: "weekend", Type: Codes, Choices: weekdays()}}, whole: someWorkday},
	{Key: CalendarHolidays, Fields: []Field{
		{Name: "holidays", Type: Rows, Columns: []Field{{Name: "day", Type: Day}, {Name: "name", Type: Text}}},
	}, whole: daysOnce},
}

// Laws lists all that can be set, in the order of the page.
func Laws() []Law { return slices.Clone(laws) }

// LawOf returns the law of that key.
func LawOf(key Key) (Law, bool) {
	at := slices.IndexFunc(laws, func(l Law) bool { return l.Key == key })
	if at < 0 {
		return Law{}, false
	}
	return laws[at], true
}
