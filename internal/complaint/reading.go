package complaint

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/seal"
)

// policyReading is the key of the policy of first readings, as readingPolicy
// reads it.
const policyReading = "complaint.first_reading"

// readingPolicy says when somebody reads first, and how long that may take.
type readingPolicy struct {
	Official  bool `json:"official"`   // an official is indicated
	Red       bool `json:"red"`        // it cannot wait
	LocalText bool `json:"local_text"` // free text would go to a local desk
	Minutes   struct {
		Red   int `json:"red"`
		Other int `json:"other"`
	} `json:"minutes"`
}

// parseReadingPolicy reads the policy in force. A missing one, or one that
// cannot be read, must not let words pass unread: then everything is read, and
// at once.
func parseReadingPolicy(value []byte) readingPolicy {
	var p readingPolicy
	if value == nil || json.Unmarshal(value, &p) != nil {
		return readingPolicy{Official: true, Red: true, LocalText: true}
	}
	return p
}

func (p readingPolicy) due(red bool, filed time.Time) time.Time {
	minutes := p.Minutes.Other
	if red {
		minutes = p.Minutes.Red
	}
	return filed.Add(time.Duration(max(minutes, 0)) * time.Minute)
}

// red tells that a complaint cannot wait: danger now, a child, somebody missing.
func (c Complaint) red() bool { return c.in.Safe == InDanger || c.in.Minor || c.in.MissingPerson }

// typed tells whether there is any text in which somebody could be named.
func (c Complaint) typed() bool {
	in := c.in
	return strings.TrimSpace(in.Narrative+in.Place+in.AgencyName+in.Employer+in.BrokerName+in.ReporterName+in.WorkerName+in.Contact.When) != ""
}

// actable tells whether anybody may act on it: a reader, too, reads only what
// was given to somebody.
func (c Complaint) actable() bool { return len(c.in.MayAct) > 0 || c.urgent() }

// readFirst takes back from the first addressing what must be read first, and
// gives it to a reader.
//
// The reader's desk and the oversight body, to which the reading climbs, hold
// everything that is to be passed on: nothing can be wrapped for the oversight
// body later without somebody's key. Local desks wait for all of it. The
// ministry's desk waits for the words of what is red, unless its own readers
// would have to read them.
func (c Complaint) readFirst(g ground, items []seal.Item, desk unit, local []unit, out *addressing) {
	if g.since.Reading != nil {
		c.readOn(g, items, desk, local, out)
		return
	}
	p := g.policy
	localWait := slices.ContainsFunc(local, func(u unit) bool { return len(out.now[u.Code].items) > 0 })
	needed := c.typed() && c.actable() && (p.Official && c.in.Official || p.Red && c.red() || p.LocalText && localWait)
	if !needed && !localWait {
		return
	}
	r := &reading{ID: id.New(), Red: c.red(), Provinces: g.spelt(), Needed: needed, DueAt: p.due(c.red(), c.at), Unit: desk.ID}
	out.reading = r
	if !needed {
		return
	}
	standIn, stands := out.first(g.units, identity.UnitOversight)
	reader, reads := c.reader(g, desk, *out)
	switch {
	case reads:
	case stands: // nobody is on duty: it climbs at once
		reader, r.Climbed = standIn, true
	default:
		reader = desk
	}
	if r.Unit = reader.ID; stands && reader.ID != standIn.ID {
		r.StandIn = standIn.ID
	}
	c.withhold(desk, reader, local, out)
	passes := out.passes(items)
	out.give(reader, passes)
	if stands {
		out.give(standIn, passes)
	}
}

// passes is all that a reader needs: what is to be passed on, and the words.
func (a addressing) passes(items []seal.Item) share {
	all := newShare()
	for _, s := range a.later {
		all.add(s.items)
	}
	for _, item := range items {
		if partAnswers.has(item) || inWords(item) {
			all.items[item] = true
		}
	}
	return all
}

// withhold moves from now to later.
func (c Complaint) withhold(desk, reader unit, local []unit, out *addressing) {
	for _, u := range local {
		if s, begun := out.now[u.Code]; begun {
			out.later[u.Code] = s
			delete(out.now, u.Code)
		}
	}
	if desk.Kind != identity.UnitMinistry || !c.red() || desk.ID == reader.ID {
		return
	}
	whole, rest := out.now[desk.Code], newShare()
	for item := range whole.items {
		if !inWords(item) {
			rest.items[item] = true
		}
	}
	if len(rest.items) < len(whole.items) {
		out.now[desk.Code], out.later[desk.Code] = rest, whole
	}
}

// reader finds the desk that reads: one with a reader, not excluded, not of the
// place. Where an official is indicated it is the oversight body's; what is red
// is not read by the desk that waits for it.
func (c Complaint) reader(g ground, desk unit, a addressing) (unit, bool) {
	for _, kind := range []identity.UnitKind{identity.UnitMinistry, identity.UnitOversight} {
		for _, u := range g.units { // in the order of their codes
			_, out := a.excluded[u.ID]
			ofThePlace := u.Province != "" && slices.Contains(g.provinces, u.Province)
			ownWords := kind == identity.UnitMinistry && (c.in.Official || c.red() && u.ID == desk.ID)
			if u.Kind == kind && u.Reads && u.Keyed && u.Sound && !out && !ofThePlace && !ownWords {
				return u, true
			}
		}
	}
	return unit{}, false
}

// provincesOf lists where at home it may have happened, folded: the district of
// the agency, and what the place names where it is not abroad.
func (c Complaint) provincesOf(units []unit, district, home string) []string {
	found := map[string]bool{}
	if at := foldPlace(district); at != "" {
		found[at] = true
	}
	if c.in.Country == "" || c.in.Country == home {
		place := " " + foldPlace(c.in.Place) + " "
		for _, u := range units {
			if u.Province != "" && strings.Contains(place, u.Province) {
				found[u.Province] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// foldPlace spells a place so that two spellings compare.
func foldPlace(name string) string { return matching.Fold(name) }

// spelt lists the provinces in every spelling that somebody's unit may have.
func (g ground) spelt() []string {
	all := slices.Clone(g.provinces)
	for _, u := range g.units {
		if u.Province != "" && slices.Contains(g.provinces, u.Province) && !slices.Contains(all, u.Spelt) {
			all = append(all, u.Spelt)
		}
	}
	return all
}
