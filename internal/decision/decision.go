package decision

import (
	"encoding/json"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Kind is what is decided, "noun.verb" in lower case.
type Kind string

// State is how far a decision is. It moves once, from Waiting.
type State string

// The states.
const (
	Waiting   State = "waiting"
	Approved  State = "approved"
	Refused   State = "refused"
	SentBack  State = "sent_back" // with a reason; whoever proposed may propose anew
	Withdrawn State = "withdrawn" // by who proposed
)

// Proposal is what somebody wants decided.
type Proposal struct {
	// ID is chosen by whoever signs the proposal in its detail; the zero id lets
	// one be drawn.
	ID      uuid.UUID
	Kind    Kind
	Subject uuid.UUID
	// UnitID is the unit whose decision it is.
	UnitID uuid.UUID
	// Detail is made into JSON: ids, words of the code and the law that is cited
	// alone, never a name, a number or a story. nil is {}.
	Detail any
	// Once says, with Kind, Subject and UnitID, what makes a second one the same
	// proposal; "" is the whole detail.
	Once string
}

// Decision is a proposal with what became of it.
type Decision struct {
	ID           uuid.UUID
	Kind         Kind
	Subject      uuid.UUID
	UnitID       uuid.UUID
	Detail       json.RawMessage
	OtherUnit    bool
	ProposedBy   uuid.UUID
	ProposedUnit uuid.UUID
	ProposedAt   time.Time
	State        State
	// What follows is zero while it waits.
	DecidedBy   uuid.UUID
	DecidedUnit uuid.UUID
	DecidedAt   time.Time
	Reason      string
	KeyID       string // the decider's, of Signature
	Signature   []byte // of Statement, for approved and refused ones
	Pin         []byte // the portal's own, of both
	// For an Effect alone: who approves, and their own unlocked key.
	By     identity.Actor
	Member seal.Member
}

// object is the decision as the policy sees it: of the unit that decides, from
// the unit and the person who proposed.
func (d Decision) object() authority.Object {
	return authority.Object{UnitID: d.UnitID, FromUnitID: d.ProposedUnit, PersonID: d.ProposedBy}
}

// Rule says how one kind is decided.
type Rule struct {
	Kind Kind
	// Propose and Approve are asked of the policy, Propose with the unit of the
	// proposer as the object, Approve with the unit whose decision it is.
	Propose, Approve authority.Action
	// OtherUnit wants proposer and decider of different units.
	OtherUnit bool
	// NotSubject says that the subject is a person, who decides nothing about
	// themselves.
	NotSubject bool
	// Check is asked when it is proposed and again before the effect; nil asks
	// nothing. It may return a fault, which the person is shown.
	Check func(tx postgres.Tx, by identity.Actor, d Decision) error
	// Effect does what was approved, in the approver's transaction. An error
	// undoes the approval.
	Effect func(tx postgres.Tx, d Decision) error
	// Facts says what is proposed, for the page; nil says nothing more.
	Facts func(tx postgres.Tx, d Decision) ([]Fact, error)
}

// Fact is one line of what is proposed: Key is the label's message, and one of
// the others its value.
type Fact struct {
	Key   string
	Text  string            // data as it stands
	Word  string            // a message
	Names map[string]string // language → text
	Day   time.Time         // a day, written as the language does
	Place string            // a country, ISO 3166-1 alpha-2
	Work  string            // an occupation there, ISCO-08
}
