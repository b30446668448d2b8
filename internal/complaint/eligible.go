package complaint

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// ground is what addressing a complaint rests on beside the complaint.
type ground struct {
	units     []unit
	provinces []string // folded: where it may have happened at home
	policy    readingPolicy
	since     standing
}

// addressing says who receives what of one complaint, by the codes of units.
type addressing struct {
	now map[string]share
	// later is what the first reader releases: all that these desks are to hold.
	later    map[string]share
	excluded map[uuid.UUID]why
	reading  *reading // nil when there is no local desk and nothing to read
}

// address decides who is eligible, in this order: exclusions, entitlements,
// first reading, the desk's own copy.
//
// Where an official is involved the oversight body takes the place of the
// complaints desk, whichever office is accused. Whoever is excluded is replaced:
// police by whoever takes the complaints desk's place, the oversight body by the
// ministry. An excluded local desk is replaced by nobody.
func (c Complaint) address(g ground, items []seal.Item) (addressing, error) {
	out := addressing{now: map[string]share{}, later: map[string]share{}, excluded: map[uuid.UUID]why{}}
	if c.in.Official {
		if c.in.OfficialUnit != uuid.Nil && !slices.ContainsFunc(g.units, func(u unit) bool { return u.ID == c.in.OfficialUnit && u.ofState() }) {
			return addressing{}, fault.Field("official_unit", "form.choice")
		}
		out.excluded = exclusions(g.units, c.in.OfficialUnit)
	}
	maps.Copy(out.excluded, g.since.excluded(g.units))
	desk, ok := out.first(g.units, c.complaintsKinds()...)
	if !ok {
		return addressing{}, fault.New(fault.Unavailable, "complaint.error.no_desk")
	}
	local := c.local(g, out.excluded)
	for at, part := range c.shares(items) {
		switch at {
		case complaintsDesk:
			out.give(desk, part)
		case policeDesk:
			police, ok := out.first(g.units, identity.UnitPolice)
			switch {
			case ok:
				out.give(police, part)
			case slices.ContainsFunc(g.units, func(u unit) bool { return u.Kind == identity.UnitPolice && u.Sound }):
				out.give(desk, share{items: part.items}) // all are excluded: it stands in for them
			default:
				return addressing{}, fault.New(fault.Unavailable, "complaint.error.no_desk")
			}
		case localDesks:
			for _, u := range local {
				out.give(u, part)
			}
		}
	}
	c.readFirst(g, items, desk, local, &out)
	out.keep(g.units, c.typedBy, items)
	return out, nil
}

// keep leaves the desk that typed the complaint its own copy, at once: it heard
// every word. An excluded one keeps none. Police keep only what they may hold
// without a basis for it: who people are and how to reach them they hold by what
// the reporter answered, or not at all.
func (a addressing) keep(units []unit, typedBy uuid.UUID, items []seal.Item) {
	_, out := a.excluded[typedBy]
	at := slices.IndexFunc(units, func(u unit) bool { return u.ID == typedBy })
	if out || at < 0 || !units[at].Sound {
		return
	}
	all := newShare()
	for _, item := range items {
		if units[at].Kind != identity.UnitPolice || !personal(item) {
			all.items[item] = true
		}
	}
	a.give(units[at], all)
	delete(a.later, units[at].Code)
}

func (a addressing) give(u unit, part share) {
	s, begun := a.now[u.Code]
	if !begun {
		s = newShare()
		a.now[u.Code] = s
	}
	s.add(part.items)
	for person, why := range part.bases {
		s.bases[person] = why
	}
}

// complaintsKinds lists who is the complaints desk, in order of preference.
func (c Complaint) complaintsKinds() []identity.UnitKind {
	if c.in.Official {
		return []identity.UnitKind{identity.UnitOversight, identity.UnitMinistry}
	}
	return []identity.UnitKind{identity.UnitMinistry}
}

// first finds the unit of the first kind that has one which is not excluded;
// of several, the one that is under no other. A kind that does not exist at all
// is not replaced: whoever set the portal up forgot it. A unit that somebody
// changed past the portal is none.
func (a addressing) first(units []unit, kinds ...identity.UnitKind) (unit, bool) {
	for _, kind := range kinds {
		var all []unit
		exists := false
		for _, u := range units {
			if u.Kind != kind || !u.Sound {
				continue
			}
			exists = true
			if _, out := a.excluded[u.ID]; !out {
				all = append(all, u)
			}
		}
		if len(all) > 0 {
			return slices.MinFunc(all, func(x, y unit) int {
				return cmp.Or(under(x)-under(y), cmp.Compare(x.Code, y.Code))
			}), true
		}
		if !exists {
			break
		}
	}
	return unit{}, false
}

func under(u unit) int {
	if u.ParentID == uuid.Nil {
		return 0
	}
	return 1
}

// local lists the desks of the place that can be addressed: the province's at
// home, the embassy's abroad.
func (c Complaint) local(g ground, excluded map[uuid.UUID]why) []unit {
	var all []unit
	for _, u := range g.units {
		if _, out := excluded[u.ID]; !out && u.Keyed && c.here(g, u) {
			all = append(all, u)
		}
	}
	return all
}

// here tells whether the unit is a local desk of where it happened.
func (c Complaint) here(g ground, u unit) bool {
	return u.Sound && (u.Kind == identity.UnitProvince && slices.Contains(g.provinces, u.Province) ||
		u.Kind == identity.UnitEmbassy && slices.Contains(u.Countries, c.in.Country))
}

// reading is a first reading as it begins.
type reading struct {
	ID        uuid.UUID
	Unit      uuid.UUID
	StandIn   uuid.UUID // zero where nobody can
	Red       bool
	Needed    bool
	Climbed   bool // at once: nobody is there to read
	Provinces []string
	DueAt     time.Time
}
