package people

import (
	"encoding/json"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// The kinds of decision about people and units.
const (
	KindRole          decision.Kind = "role.grant"          // subject: the person
	KindAdministrator decision.Kind = "administrator.grant" // subject: the person
	KindReturn        decision.Kind = "person.reactivate"   // subject: the person
	KindReadmission   decision.Kind = "person.readmit"      // subject: the person
	KindMove          decision.Kind = "unit.move"           // subject: the unit
)

type roleDetail struct {
	Role identity.Role `json:"role"`
	// Key is the person's own at the time: whoever decides compares it with what
	// the person sees, so that nobody is granted a role under another's name.
	Key string `json:"key"`
}

type moveDetail struct {
	Parent uuid.UUID `json:"parent"`
}

type rules struct{ people *identity.People }

// Rules returns how these kinds are decided.
func Rules(people *identity.People) []decision.Rule {
	r := rules{people}
	return []decision.Rule{
		{Kind: KindRole, Propose: authority.PeopleManage, Approve: authority.RoleApprove, NotSubject: true, Check: r.checkRole, Effect: r.giveRole, Facts: r.roleFacts},
		{Kind: KindAdministrator, Propose: authority.PeopleManage, Approve: authority.AdministratorApprove, NotSubject: true, Check: r.checkRole, Effect: r.giveRole, Facts: r.roleFacts},
		{Kind: KindReturn, Propose: authority.PeopleManage, Approve: authority.AdministratorApprove, NotSubject: true, Effect: r.reopen, Facts: personFacts},
		{Kind: KindReadmission, Propose: authority.PeopleManage, Approve: authority.RoleApprove, NotSubject: true, Check: r.mayReadmit, Effect: readmit, Facts: readmissionFacts},
		{Kind: KindMove, Propose: authority.PeopleManage, Approve: authority.UnitMoveApprove, Check: r.checkMove, Effect: r.move, Facts: moveFacts},
	}
}

func (r rules) checkRole(tx postgres.Tx, _ identity.Actor, d decision.Decision) error {
	detail, err := read[roleDetail](d)
	if err != nil {
		return err
	}
	// Whoever closes the account waits, or has closed it and is seen.
	if err := r.people.Hold(tx, d.Subject); err != nil {
		return err
	}
	p, err := load(tx, d.Subject)
	if err != nil {
		return err
	}
	u, err := unit(tx, d.UnitID)
	if err != nil {
		return err
	}
	if p.KeyID == "" || p.KeyID != detail.Key {
		return fault.New(fault.Conflict, "people.role.key_changed")
	}
	if _, err := r.people.Key(tx, d.Subject, detail.Key); err != nil {
		return fault.New(fault.Conflict, "people.role.key_changed")
	}
	if (d.Kind == KindAdministrator) != (detail.Role == identity.RoleAdministrator) {
		return fault.Field("role", "people.role.unfit")
	}
	return may(p, u, detail.Role)
}

func (r rules) giveRole(tx postgres.Tx, d decision.Decision) error {
	detail, err := read[roleDetail](d)
	if err != nil {
		return err
	}
	return grant(tx, r.people, d.By, d.Subject, d.UnitID, detail.Role, d.ID)
}

func (r rules) roleFacts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	detail, err := read[roleDetail](d)
	if err != nil {
		return nil, err
	}
	facts, err := personFacts(tx, d)
	return append(facts, decision.Fact{Key: "people.fact.role", Word: "role." + string(detail.Role)},
		decision.Fact{Key: "people.fact.key", Text: detail.Key}), err
}

func personFacts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	p, err := get(tx, d.Subject)
	return []decision.Fact{{Key: "people.fact.person", Text: p.Name}}, err
}

func (r rules) reopen(tx postgres.Tx, d decision.Decision) error {
	return r.people.Reopen(tx, d.By, d.Subject)
}

func (r rules) checkMove(tx postgres.Tx, _ identity.Actor, d decision.Decision) error {
	detail, err := read[moveDetail](d)
	if err != nil {
		return err
	}
	u, err := unit(tx, d.Subject)
	if err != nil {
		return err
	}
	if u.ParentID == uuid.Nil || u.ParentID == detail.Parent || u.ID == detail.Parent {
		return fault.Field("parent", "people.unit.parent.unfit")
	}
	if _, err := r.genuine(tx, d.Subject); err != nil {
		return err
	}
	if _, err := r.genuine(tx, detail.Parent); err != nil {
		return err
	}
	return fits(tx, u.Kind, detail.Parent)
}

// genuine reads a unit that the portal wrote as it stands: a move must not make
// good what somebody changed past it.
func (r rules) genuine(tx postgres.Tx, key uuid.UUID) (identity.UnitRecord, error) {
	u, found, err := r.people.Unit(tx, key)
	if err == nil && found && !r.people.GenuineUnit(u) {
		err = fault.New(fault.Conflict, "people.unit.not_genuine")
	}
	return u, err
}

func (r rules) move(tx postgres.Tx, d decision.Decision) error {
	detail, err := read[moveDetail](d)
	if err != nil {
		return err
	}
	moved, err := r.genuine(tx, d.Subject)
	if err != nil {
		return err
	}
	moved.ParentID = &detail.Parent
	moved.Pin = r.people.PinOfUnit(moved)
	err = moveUnit(tx, moved)
	if postgres.Violates(err, "units_circle") {
		return fault.New(fault.Conflict, "people.unit.circle")
	}
	if err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: d.By, Action: "unit.move", ObjectKind: "unit", ObjectID: d.Subject})
}

func moveFacts(tx postgres.Tx, d decision.Decision) ([]decision.Fact, error) {
	detail, err := read[moveDetail](d)
	if err != nil {
		return nil, err
	}
	u, err := unit(tx, d.Subject)
	if err != nil {
		return nil, err
	}
	to, err := unit(tx, detail.Parent)
	return []decision.Fact{
		{Key: "people.fact.unit", Names: u.Name}, {Key: "people.fact.from", Names: u.Parent}, {Key: "people.fact.to", Names: to.Name},
	}, err
}

func read[T any](d decision.Decision) (detail T, err error) {
	if err := json.Unmarshal(d.Detail, &detail); err != nil {
		return detail, fmt.Errorf("read the detail of %s: %w", d.Kind, err)
	}
	return detail, nil
}
