package inspection

import "time"

// Weight is how much it matters that a standard is not met.
type Weight string

// The weights, as policy.InspectionPoints has them.
const (
	Critical Weight = "critical"
	Major    Weight = "major"
	Minor    Weight = "minor"
)

// Topic is what a standard is about.
type Topic string

// Topics lists them in the order of the page.
func Topics() []Topic {
	return []Topic{"premises", "fees", "contracts", "training", "records", "advertising", "sub_agents", "guarantee"}
}

// Standard is one thing that is asked, as it is worded from a day on.
type Standard struct {
	Code    string
	From    time.Time
	Topic   Topic
	Weight  Weight
	Wording map[string]string // language → text
	Source  string
}

// Answer is what was found.
type Answer string

// The answers. NotSeen is no answer in the agency's favour: it passes nobody.
const (
	Met           Answer = "met"
	NotMet        Answer = "not_met"
	NotApplicable Answer = "not_applicable"
	NotSeen       Answer = "not_seen"
)

// Answers lists them.
func Answers() []Answer { return []Answer{Met, NotMet, NotApplicable, NotSeen} }

// Line is a standard with what was found.
type Line struct {
	Standard
	Answer    Answer // "" while nobody answered
	Seen      string
	Danger    bool   // somebody is in danger now; the ministry's to know
	Reply     string // of the agency
	Withdrawn bool   // the officer who closed it did not uphold it
}

// Finding reports whether the standard was not met.
func (l Line) Finding() bool { return l.Answer == NotMet }
