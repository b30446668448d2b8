package complaint

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// standing is how a complaint stands since it was filed. The zero value is that of
// one which is being filed.
type standing struct {
	TypedBy  uuid.UUID
	Held     map[string][]seal.Item // by the codes of units
	Excluded map[uuid.UUID]why
	Reading  *heldReading
	Consents []consentRow
}

// heldReading is a first reading that was asked for.
type heldReading struct {
	ID, Unit uuid.UUID
	StandIn  uuid.UUID // zero where nobody can
	HandedTo uuid.UUID // who follows an official who was named
	Named    uuid.UUID // the office of that official, where it is known
	State    string
	Verdict  Verdict // "" while it waits
}

func (s standing) same(other standing) bool { return reflect.DeepEqual(s, other) }

// reads tells that the unit has to do with the first reading.
func (s standing) reads(unit uuid.UUID) bool {
	r := s.Reading
	return r != nil && (unit == r.Unit || unit == r.StandIn || unit == r.HandedTo)
}

// excluded lists who was excluded, and who came to stand under or above an accused
// office since.
func (s standing) excluded(units []unit) map[uuid.UUID]why {
	out := map[uuid.UUID]why{}
	for unit, reason := range s.Excluded {
		if reason == whyAccused {
			maps.Copy(out, exclusions(units, unit))
		}
	}
	maps.Copy(out, s.Excluded)
	return out
}

// widen decides anew who receives what, and makes the envelopes of those who do
// not hold it yet.
func (s *Service) widen(ctx context.Context, complaint uuid.UUID, in Intake, opened seal.Opened, since standing) (closed, Complaint, error) {
	// What a reader found counts as if the form had said it.
	if r := since.Reading; r != nil && r.Verdict == OfficialNamed && !in.Official {
		in.Official, in.OfficialUnit = true, r.Named
	}
	c, err := New(complaint, in, s.Clock.Now())
	if err != nil { // it was good once: what is missing was deleted
		return closed{}, Complaint{}, fault.New(fault.Conflict, "complaint.consent.deleted")
	}
	c.typedBy = since.TypedBy
	agency, err := s.agencyOf(ctx, c)
	if err != nil {
		return closed{}, Complaint{}, err
	}
	plan, err := s.plan(ctx, c, agency, opened.Items(), since)
	if err != nil {
		return closed{}, Complaint{}, err
	}
	out := closed{excluded: plan.excluded, reading: plan.reading}
	for code, part := range plan.now {
		held := newShare()
		for _, item := range since.Held[code] {
			held.items[item] = true
		}
		before := len(held.items)
		if held.add(part.items); len(held.items) == before {
			delete(plan.now, code) // holds it already
			continue
		}
		part.add(held.items)
	}
	err = s.address(ctx, c, opened, plan.now, &out)
	return out, c, err
}

// readOn addresses what more is allowed of a complaint whose first reading was
// asked for before. Local desks wait for it as they did; what was read and names
// nobody goes out at once; where an official was named no local desk receives
// anything, and whoever took it on holds what the complaints desk does.
func (c Complaint) readOn(g ground, items []seal.Item, desk unit, local []unit, out *addressing) {
	r := g.since.Reading
	at := func(id uuid.UUID) (unit, bool) {
		i := slices.IndexFunc(g.units, func(u unit) bool { return u.ID == id && u.Keyed && u.Sound })
		if _, excluded := out.excluded[id]; i < 0 || excluded {
			return unit{}, false
		}
		return g.units[i], true
	}
	switch {
	case r.Verdict == OfficialNamed:
		for _, u := range local {
			delete(out.now, u.Code)
		}
		if follows, ok := at(r.HandedTo); ok {
			out.give(follows, share{items: out.now[desk.Code].items})
		}
	case r.State == "waiting":
		reader, _ := at(r.Unit)
		c.withhold(desk, reader, local, out)
		for _, id := range []uuid.UUID{r.Unit, r.StandIn} {
			if u, ok := at(id); ok {
				out.give(u, out.passes(items))
			}
		}
	}
}
