package pattern

// Grade says how urgent a finding is.
type Grade string

// Watch stays inside the ministry; amber and red are escalated. Red is a minor
// or several independent first-hand accounts of grave facts.
const (
	Watch Grade = "watch"
	Amber Grade = "amber"
	Red   Grade = "red"
)

// Finding is a possible pattern about one subject. The same facts give the same
// finding, so that a rule, version, subject, window and evidence identify it.
type Finding struct {
	Rule    string
	Version int
	Subject Subject
	// WindowFrom and WindowTo are the first and last day, both inside.
	WindowFrom, WindowTo Day
	Grade                Grade
	// Score grows with the strength of the finding. Scores of one rule compare
	// with one another and with no other rule's.
	Score float64
	// Evidence are complaint ids in ascending order, at least one.
	Evidence []string
	Reason   Reason
	// Benign is the locale key of the honest explanations to check first.
	Benign string
}

// Reason is a sentence with numbers: a locale key and its arguments. Arguments
// are decimal numbers and never names, tokens or dates.
type Reason struct {
	Key  string
	Args map[string]string
}
