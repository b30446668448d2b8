package dossier

import "slices"

// Type says what a field holds.
type Type string

// The types.
const (
	Line      Type = "line"      // one line of text
	Lines     Type = "lines"     // a text of several lines
	Day       Type = "day"       // YYYY-MM-DD
	Country   Type = "country"   // ISO 3166-1 alpha-2
	Countries Type = "countries" // several of them
	Works     Type = "works"     // several occupations, one to four digits of ISCO-08
	Phone     Type = "phone"     // E.164
	Email     Type = "email"     // lower case
	Choice    Type = "choice"    // one of Choices
	Count     Type = "count"     // a whole number
	Share     Type = "share"     // basis points, typed as a percentage
	Secret    Type = "secret"    // a Number
	Another   Type = "another"   // the id of another item of the section
)

// Field is one question.
type Field struct {
	Name     string
	Type     Type
	Optional bool
	Max      int // of characters, or of Count
	Choices  []string
}

// Chapter describes a section.
type Chapter struct {
	Section Section
	// Many says that it holds a list of up to Most items. Least of them are asked
	// for; where that is none, "we have none" is an answer.
	Many        bool
	Least, Most int
	Fields      []Field
}

// Positions are those of directors.
func positions() []string {
	return []string{"chair", "managing_director", "director", "secretary"}
}

// interests are the types of interest of the Beneficial Ownership Data Standard
// 0.4, as far as they are about a company.
func interests() []string {
	return []string{
		"shareholding", "votingRights", "appointmentOfBoard", "boardMember", "boardChair", "seniorManagingOfficial",
		"nominee", "nominator", "otherInfluenceOrControl",
	}
}

func yesNo() []string { return []string{"yes", "no"} }

const (
	maxName    = 200
	maxLine    = 100
	maxAddress = 500
)

func name(extra ...Field) []Field {
	return append([]Field{{Name: "name_latin", Type: Line, Max: maxName}, {Name: "name_local", Type: Line, Max: maxName, Optional: true}}, extra...)
}

var (
	province = Field{Name: "province", Type: Line, Max: maxLine}
	address  = Field{Name: "address", Type: Lines, Max: maxAddress}
	phone    = Field{Name: "phone", Type: Phone, Max: 60}
	since    = Field{Name: "since", Type: Day}
	document = Field{Name: "document_number", Type: Secret, Max: 60}
)

func optional(f Field) Field {
	f.Optional = true
	return f
}

var chapters = []Chapter{
	{Section: Company, Fields: name(
		Field{Name: "registration_number", Type: Line, Max: 60}, Field{Name: "founded_on", Type: Day}, address, province, phone,
		Field{Name: "email", Type: Email, Max: 200}, Field{Name: "website", Type: Line, Max: maxLine, Optional: true})},
	{Section: Directors, Many: true, Least: 1, Most: 50, Fields: name(
		Field{Name: "position", Type: Choice, Choices: positions()}, Field{Name: "born_on", Type: Day}, Field{Name: "nationality", Type: Country},
		Field{Name: "document_country", Type: Country}, document, Field{Name: "appointed_on", Type: Day}, address, optional(phone),
		Field{Name: "email", Type: Email, Max: 200, Optional: true},
		Field{Name: "convicted", Type: Choice, Choices: yesNo()}, Field{Name: "lost_licence", Type: Choice, Choices: yesNo()})},
	{Section: Owners, Many: true, Least: 1, Most: 100, Fields: name(
		Field{Name: "owner_kind", Type: Choice, Choices: []string{"person", "company", "state"}},
		Field{Name: "born_on", Type: Day, Optional: true}, Field{Name: "country", Type: Country}, optional(document),
		Field{Name: "interest", Type: Choice, Choices: interests()}, Field{Name: "share", Type: Share},
		Field{Name: "held", Type: Choice, Choices: []string{"direct", "indirect"}}, Field{Name: "through", Type: Another, Optional: true}, since)},
	{Section: Staff, Many: true, Most: 200, Fields: name(Field{Name: "task", Type: Line, Max: maxLine}, since, optional(phone))},
	{Section: Branches, Many: true, Most: 500, Fields: name(province, address, phone, optional(Field{Name: "opened_on", Type: Day}))},
	{Section: Agents, Many: true, Most: 500, Fields: name(province, phone, optional(document), since)},
	{Section: Training, Many: true, Most: 20, Fields: name(province, address, Field{Name: "capacity", Type: Count, Max: 100_000},
		Field{Name: "beds", Type: Count, Max: 100_000, Optional: true})},
	{Section: Representatives, Many: true, Most: 50, Fields: name(Field{Name: "country", Type: Country}, address, phone, since)},
	{Section: Accounts, Many: true, Least: 1, Most: 20, Fields: []Field{
		{Name: "bank", Type: Line, Max: maxLine},
		{Name: "country", Type: Country},
		{Name: "account_number", Type: Secret, Max: 60},
		{Name: "holder", Type: Line, Max: maxName},
		{Name: "purpose", Type: Choice, Choices: []string{"fees", "guarantee", "general"}},
	}},
	{Section: Scope, Fields: []Field{{Name: "destinations", Type: Countries}, {Name: "occupations", Type: Works, Max: 400, Optional: true}}},
	{Section: Fee, Fields: []Field{{Name: "paid_on", Type: Day}, {Name: "reference", Type: Line, Max: maxLine}}},
	{Section: Declaration, Fields: []Field{{Name: "name_latin", Type: Line, Max: maxName}, {Name: "declared", Type: Choice, Choices: []string{"yes"}}}},
}

// Chapters lists all sections in the order of the form.
func Chapters() []Chapter { return slices.Clone(chapters) }

// ChapterOf returns the description of a section.
func ChapterOf(s Section) (Chapter, bool) {
	at := slices.IndexFunc(chapters, func(c Chapter) bool { return c.Section == s })
	if at < 0 {
		return Chapter{}, false
	}
	return chapters[at], true
}

// Field returns the description of a field.
func (c Chapter) Field(name string) (Field, bool) {
	at := slices.IndexFunc(c.Fields, func(f Field) bool { return f.Name == name })
	if at < 0 {
		return Field{}, false
	}
	return c.Fields[at], true
}
