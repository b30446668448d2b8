package people

import (
	"fmt"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Fake is a role that two people did not grant, nor the host.
type Fake struct {
	PersonID uuid.UUID
	UnitID   uuid.UUID
	Role     identity.Role
	Why      string // a word of the code
}

// Why a role is doubted.
const (
	WhyPin      = "not genuine" // somebody wrote it past the portal; it counts for nothing
	WhyDecision = "no decision" // nobody agreed, and no command of the host made it
)

// Unbacked lists the roles that read cases, and those of administrators, that
// nothing stands behind: for portal audit verify.
func Unbacked(tx postgres.Tx, people *identity.People) ([]Fake, error) {
	rows, err := guarded(tx)
	if err != nil {
		return nil, fmt.Errorf("list guarded roles: %w", err)
	}
	var fakes []Fake
	for _, r := range rows {
		var decided uuid.UUID
		if r.DecisionID != nil {
			decided = *r.DecisionID
		}
		f := Fake{PersonID: r.PersonID, UnitID: r.UnitID, Role: r.Role}
		switch {
		case !people.Granted(r.PersonID, r.UnitID, r.Role, decided, r.Pin):
			f.Why = WhyPin
		case !r.Backed:
			f.Why = WhyDecision
		default:
			continue
		}
		fakes = append(fakes, f)
	}
	return fakes, nil
}

// Reopened lists the open accounts that were closed and that nobody opened by
// the portal: for portal audit verify. They count as closed, but for one whose
// row was put back as it was before the closing.
func Reopened(tx postgres.Tx, people *identity.People) (accounts []uuid.UUID, err error) {
	rows, err := reopened(tx)
	if err != nil {
		return nil, fmt.Errorf("list opened accounts: %w", err)
	}
	for _, r := range rows {
		if r.Closed || !people.Returned(r.ID, r.Closings, r.ReturnPin) {
			accounts = append(accounts, r.ID)
		}
	}
	return accounts, nil
}
