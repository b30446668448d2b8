package licensing

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// StepKind is what is done about a licence after its grant.
type StepKind string

// The steps, as the licence_steps table allows them.
const (
	Notice          StepKind = "notice" // of what is intended, with a right of reply
	Reply           StepKind = "reply"  // the agency's, to a notice
	Drop            StepKind = "notice_dropped"
	Suspend         StepKind = "suspend"   // for a time, or until it is lifted
	Narrow          StepKind = "narrow"    // suspend some destinations or occupations
	Widen           StepKind = "widen"     // lift that
	Reinstate       StepKind = "reinstate" // lift a suspension
	Revoke          StepKind = "revoke"
	AskSurrender    StepKind = "surrender_ask" // the agency wants to give the licence back
	Surrender       StepKind = "surrender"
	Condition       StepKind = "condition"      // to be met by a day
	ConditionDone   StepKind = "condition_done" // says the agency
	ConditionMet    StepKind = "condition_met"
	ConditionMissed StepKind = "condition_missed"
	Appeal          StepKind = "appeal" // the agency's, against a step that hurts it
	AppealUpheld    StepKind = "appeal_upheld"
	AppealDismissed StepKind = "appeal_dismissed"
)

// move is the line of a step in the table of moves.
type move struct {
	from []State // in which the step is legal
	// event is what the public history says of it, "" for nothing.
	event EventKind
	// about are the steps that it can be about; must says that it is about one.
	about []StepKind
	must  bool
	// own says that the agency takes it; nobody decides about its words.
	own bool
}

// moves is every legal step; what is absent is forbidden, here and by the
// database's licence_step_legal.
var moves = map[StepKind]move{
	Notice:          {from: []State{Licensed, NotYet, Suspended, Expired}},
	Reply:           {from: known(), about: []StepKind{Notice}, must: true, own: true},
	Drop:            {from: known(), about: []StepKind{Notice}, must: true},
	Suspend:         {from: []State{Licensed, NotYet}, event: EventSuspended, about: []StepKind{Notice, ConditionMissed}},
	Narrow:          {from: []State{Licensed}, event: EventNarrowed, about: []StepKind{Notice}},
	Widen:           {from: known(), event: EventWidened, about: []StepKind{Narrow}, must: true},
	Reinstate:       {from: []State{Suspended}, event: EventReinstated},
	Revoke:          {from: []State{Licensed, NotYet, Suspended, Expired}, event: EventRevoked, about: []StepKind{Notice, ConditionMissed}},
	AskSurrender:    {from: known(), own: true},
	Surrender:       {from: []State{Licensed, NotYet, Suspended, Expired}, event: EventSurrendered, about: []StepKind{AskSurrender}, must: true},
	Condition:       {from: []State{Licensed, NotYet, Suspended}},
	ConditionDone:   {from: known(), about: []StepKind{Condition}, must: true, own: true},
	ConditionMet:    {from: known(), about: []StepKind{Condition}, must: true},
	ConditionMissed: {from: known(), about: []StepKind{Condition}, must: true},
	Appeal:          {from: known(), event: EventAppealed, about: []StepKind{Suspend, Narrow, Revoke, Condition}, must: true, own: true},
	AppealUpheld:    {from: known(), event: EventAppealUpheld, about: []StepKind{Appeal}, must: true},
	AppealDismissed: {from: known(), event: EventAppealDismissed, about: []StepKind{Appeal}, must: true},
}

// known are all states of a licence that was ever granted.
func known() []State {
	return []State{NotYet, Licensed, Expired, Suspended, Revoked, Surrendered}
}

// CanStep reports whether a step is legal in a state.
func CanStep(from State, kind StepKind) bool { return slices.Contains(moves[kind].from, from) }

// StepKinds lists all steps.
func StepKinds() []StepKind {
	return []StepKind{
		Notice, Reply, Drop, Suspend, Narrow, Widen, Reinstate, Revoke, AskSurrender, Surrender, Condition, ConditionDone, ConditionMet, ConditionMissed,
		Appeal, AppealUpheld, AppealDismissed,
	}
}

// States lists all states.
func States() []State {
	return []State{Listed, NotYet, Licensed, Expired, Suspended, Revoked, Surrendered}
}

// Grounds are why a licence is sanctioned, as words of the code.
func Grounds() []string {
	return []string{
		"licence_lent", "false_information", "worker_fees", "contract_substituted", "documents_kept", "confinement", "child", "unlicensed_agents",
		"guarantee_short", "condition_missed", "conviction", "inactive", "own_wish", "other",
	}
}

// Step is one that was taken.
type Step struct {
	ID       uuid.UUID
	Number   int64 // of its letter
	AgencyID uuid.UUID
	Kind     StepKind
	Ground   string // one of Grounds, "" where none is given
	Text     string // whoever took it, in their words
	On       time.Time
	Until    time.Time // to reply, of a suspension, to meet a condition; zero is open
	Of       uuid.UUID // the step that it is about, or the zero id
	Scope    []ScopeLine
	At       time.Time
	Own      bool // the agency's
}

// Draft is what somebody wants done.
type Draft struct {
	Agency uuid.UUID
	Kind   StepKind
	Ground string
	Text   string
	Until  time.Time
	Of     uuid.UUID
	Scope  []ScopeLine
}
