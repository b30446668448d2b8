package authority

import (
	"slices"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/google/uuid"
)

// Object is what an action is done to, as far as the policy cares: to whom it
// belongs, and from whom it is kept. The zero Object belongs to nobody.
type Object struct {
	UnitID uuid.UUID
	// FromUnitID is the unit that it came from, which goes on knowing of it.
	FromUnitID  uuid.UUID
	AgencyID    uuid.UUID
	ComplaintID uuid.UUID
	PersonID    uuid.UUID
	// Barred says that the actor must not learn of it, whatever else holds: a
	// complaint accuses somebody of their unit. Which units those are only the
	// record knows; it tells each of itself alone.
	Barred bool

	door bool
}

// Door stands for the action as such, as when a route is entered and nothing is
// loaded yet: to whom things belong is asked in the room.
func Door() Object { return Object{door: true} }

// Decision is an answer with its reason, a word for the log and the audit.
type Decision struct {
	Allowed bool
	Reason  string
}

// Decide is the policy: may this actor do this to that? What no rule names is
// refused.
func Decide(actor identity.Actor, action Action, object Object) Decision {
	r, known := rules[action]
	if !known {
		return Decision{Reason: "no such action"}
	}
	d := r.entered(actor)
	switch {
	case !d.Allowed || object.door:
		return d
	case object.Barred:
		return Decision{Reason: "kept from this actor"}
	case r.mine:
		return Decision{object.PersonID != uuid.Nil && object.PersonID == actor.PersonID, "own deed"}
	case !r.own:
		return d
	case actor.Kind == identity.KindReceipt:
		return Decision{object.ComplaintID != uuid.Nil && object.ComplaintID == actor.ComplaintID, "own complaint"}
	case actor.UnitKind == identity.UnitAgency:
		return Decision{object.AgencyID != uuid.Nil && object.AgencyID == actor.AgencyID, "own agency"}
	case r.every != "" && r.every == actor.UnitKind:
		return Decision{true, "sees every unit's"}
	case r.sender && object.FromUnitID != uuid.Nil && object.FromUnitID == actor.UnitID:
		return Decision{true, "from own unit"}
	default:
		return Decision{object.UnitID != uuid.Nil && object.UnitID == actor.UnitID, "own unit"}
	}
}

// Enter is Decide at the door.
func Enter(actor identity.Actor, action Action) Decision { return Decide(actor, action, Door()) }

func (r rule) entered(actor identity.Actor) Decision {
	switch actor.Kind {
	case identity.KindPublic:
		return Decision{r.public, "public"}
	case identity.KindReceipt:
		return Decision{r.receipt, "receipt"}
	case identity.KindStaff:
		if r.anyone {
			return Decision{true, "signed in"}
		}
		if r.desk && ReadsCases(actor.UnitKind, actor.Role) {
			return Decision{true, "of a desk"}
		}
		if slices.Contains(r.rolesIn(actor.UnitKind), actor.Role) {
			return Decision{true, "role in unit"}
		}
		return Decision{Reason: "not of this role and unit"}
	case identity.KindSystem, identity.KindSetup:
		return Decision{slices.Contains(r.processes, actor.Process), "process"}
	case identity.KindDoor:
		return Decision{Reason: "nobody is known yet"}
	}
	return Decision{Reason: "nobody"}
}

// rolesIn lists the roles that may, in a unit of that kind.
func (r rule) rolesIn(kind identity.UnitKind) []identity.Role {
	if r.kind != "" && r.kind == kind {
		return r.roles
	}
	return r.places[kind]
}

// RolesIn lists the roles that may attempt the action in a unit of that kind,
// for saying who is missing.
func RolesIn(action Action, kind identity.UnitKind) []identity.Role {
	return slices.Clone(rules[action].rolesIn(kind))
}

// Require returns nil when the actor may, else a Forbidden fault, which the
// edge shows like a page that does not exist.
func Require(actor identity.Actor, action Action, object Object) error {
	if Decide(actor, action, object).Allowed {
		return nil
	}
	return fault.New(fault.Forbidden, "problem.not_found")
}

// Actions lists every action of the table, for tests that must cover all.
func Actions() []Action {
	all := make([]Action, 0, len(rules))
	for a := range rules {
		all = append(all, a)
	}
	slices.Sort(all)
	return all
}

// ProcessesOf lists the processes that may do it without anybody being there.
func ProcessesOf(action Action) []string { return slices.Clone(rules[action].processes) }
