package complaint

import (
	"fmt"
	"slices"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Status says how far a complaint has come.
type Status string

// The statuses.
const (
	Received          Status = "received"
	Screened          Status = "screened"
	WithInvestigators Status = "with_investigators"
)

// Told is how far the reporter is told the complaint has come. Whether others
// complained of the same is not told: the accused, too, can lodge a complaint
// about themselves and read its receipt.
func (s Status) Told() Status {
	if s == WithInvestigators {
		return Screened
	}
	return s
}

// moves are the legal steps; what is absent is forbidden, here and in the
// database.
var moves = map[Status][]Status{
	Received: {Screened, WithInvestigators},
	Screened: {WithInvestigators},
}

// reached lists what a complaint in that status has already been through: to
// ask for it again changes nothing, since jobs run more than once.
var reached = map[Status][]Status{
	Received:          {Received},
	Screened:          {Received, Screened},
	WithInvestigators: {Received, Screened, WithInvestigators},
}

// MarkScreened notes that the complaint was weighed. Doing so again, or when
// it is further already, changes nothing.
func MarkScreened(tx postgres.Tx, id uuid.UUID) error {
	return move(tx, Screened, "complaint.screened", id)
}

// MarkWithInvestigators notes that an escalation carries these complaints.
// Those of which it is noted already stay as they are.
func MarkWithInvestigators(tx postgres.Tx, ids []uuid.UUID) error {
	// In one order, so that two escalations cannot wait for each other.
	sorted := slices.SortedFunc(slices.Values(ids), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	for _, id := range slices.Compact(sorted) {
		if err := move(tx, WithInvestigators, "complaint.escalated", id); err != nil {
			return err
		}
	}
	return nil
}

func move(tx postgres.Tx, to Status, action string, id uuid.UUID) error {
	from, err := lockStatus(tx, id)
	if err != nil {
		return fmt.Errorf("move complaint: %w", err)
	}
	if slices.Contains(reached[from], to) {
		return nil
	}
	if !slices.Contains(moves[from], to) {
		return fault.New(fault.Conflict, "problem.conflict")
	}
	if err := updateStatus(tx, id, to); err != nil {
		return fmt.Errorf("move complaint: %w", err)
	}
	return audit.Record(tx, audit.Entry{
		Actor: identity.System("screening"), Action: action, ObjectKind: "complaint", ObjectID: id,
	})
}
