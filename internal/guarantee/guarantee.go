package guarantee

import (
	"time"

	"github.com/fairpassage/portal/internal/money"
	"github.com/google/uuid"
)

// Kind is what a guarantee is.
type Kind string

// The kinds.
const (
	Bank    Kind = "bank"    // a bank's promise, with a last day
	Deposit Kind = "deposit" // money in an account, which may have none
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Bank, Deposit} }

// Posting is a guarantee as an officer types it.
type Posting struct {
	Kind      Kind
	Bank      string
	Reference string // the bank's
	Amount    money.Money
	From      time.Time // the first day, at midnight UTC
	Until     time.Time // the last day; the zero time is open
}

// Guarantee is one that was posted, with what is left of it.
type Guarantee struct {
	Posting

	ID       uuid.UUID
	Held     money.Money
	Reserved money.Money // called, and not paid yet
}

// InForce reports whether the bank answers for it on the day.
func (g Guarantee) InForce(day time.Time) bool {
	return !day.Before(g.From) && !g.Over(day)
}

// Over reports whether its last day is gone.
func (g Guarantee) Over(day time.Time) bool { return !g.Until.IsZero() && day.After(g.Until) }

// EntryKind is what an entry of the ledger does.
type EntryKind string

// The kinds of entry.
const (
	Posted   EntryKind = "post"
	Called   EntryKind = "call"
	Paid     EntryKind = "pay"
	Released EntryKind = "release"
	Expired  EntryKind = "expire"
)

// Account is where money stands.
type Account string

// The accounts. What the bank gives is held; what is held is reserved by a call and
// paid by the bank, or it is released, or it expires.
const (
	OfBank     Account = "bank"
	Held       Account = "held"
	Reserved   Account = "reserved"
	PaidOut    Account = "paid"
	LetGo      Account = "released"
	ExpiredOut Account = "expired"
)

// Line is one posting of an entry.
type Line struct {
	Guarantee uuid.UUID
	Account   Account
	Amount    money.Money
	Claim     uuid.UUID // of Reserved and PaidOut
}

// EntryLine is an entry as the ledger is read, in one currency.
type EntryLine struct {
	ID      uuid.UUID
	Number  int64
	Kind    EntryKind
	Day     time.Time
	Amount  money.Money // that moved
	Change  money.Money // of what is held
	Balance money.Money // held after it
}

// Source says who made an award.
type Source string

// The sources.
const (
	Inspector   Source = "inspector"
	Court       Source = "court"
	Arbitration Source = "arbitration"
)

// Sources lists them.
func Sources() []Source { return []Source{Inspector, Court, Arbitration} }

// Ending says why a claim ended without a call.
type Ending string

// The endings.
const (
	AgencyPaid Ending = "agency_paid"
	Overturned Ending = "overturned"
	Mistake    Ending = "mistake"
)

// Endings lists them.
func Endings() []Ending { return []Ending{AgencyPaid, Overturned, Mistake} }

// Award is what an officer types of a claim.
type Award struct {
	Amount        money.Money
	Source        Source
	Reference     string
	EnforceableOn time.Time // the zero time: not yet
	Appealed      bool
}

// Claim is what an award gives somebody against the agency.
type Claim struct {
	Award

	ID       uuid.UUID
	Number   int64
	AgencyID uuid.UUID
	Called   money.Money
	ClosedOn time.Time // the zero time while it is open
	Ending   Ending
}

// Left is what of the award is neither called nor settled.
func (c Claim) Left() money.Money {
	if !c.ClosedOn.IsZero() {
		return money.Money{Currency: c.Amount.Currency}
	}
	return money.Money{Minor: c.Amount.Minor - c.Called.Minor, Currency: c.Amount.Currency}
}

// Open reports whether something of it is left.
func (c Claim) Open() bool { return c.Left().Minor > 0 }

// Callable reports whether the guarantee can be called for it on the day.
func (c Claim) Callable(day time.Time) bool {
	return c.Open() && !c.Appealed && !c.EnforceableOn.IsZero() && !c.EnforceableOn.After(day)
}

// TopUp is what an agency has to put back after a call.
type TopUp struct {
	EntryID uuid.UUID
	Missing money.Money
	Due     time.Time // the last day; the zero time: not configured
}

// Letter is one to a bank.
type Letter struct {
	ID        uuid.UUID
	Number    int64
	AgencyID  uuid.UUID
	Kind      EntryKind // Called or Released
	Day       time.Time
	Amount    money.Money
	Bank      string
	Reference string
	Paid      bool
}
