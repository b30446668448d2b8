package complaint

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// unit is an office as the table of units has it.
type unit struct {
	ID        uuid.UUID
	Code      string
	Kind      identity.UnitKind
	ParentID  uuid.UUID // zero for none
	Province  string    // folded: where it is the labour desk; "" for nowhere
	Spelt     string    // the province as the table spells it, in small letters
	Countries []string  // an embassy's, ISO 3166-1 alpha-2
	Sound     bool      // it and all above it stand as the portal wrote them
	Keyed     bool      // can be addressed, of those that are extras; handKeys says so
	Reads     bool      // has a first reader; seatReaders says so
	Name      map[string]string
}

// stateKinds are offices that an official may belong to, in the order in which
// they are listed.
var stateKinds = []identity.UnitKind{
	identity.UnitMinistry, identity.UnitProvince, identity.UnitEmbassy, identity.UnitPolice, identity.UnitBorder, identity.UnitOversight,
}

func (u unit) ofState() bool { return slices.Contains(stateKinds, u.Kind) }

// Office is an office of the state that an official may belong to.
type Office struct {
	ID   uuid.UUID
	Name map[string]string // by language
}

// Offices lists the offices of the state, the ministry's first.
func (s *Service) Offices(ctx context.Context) ([]Office, error) {
	var all []unit
	err := s.DB.Read(ctx, identity.Public(), func(tx postgres.Tx) (err error) {
		all, err = s.units(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list offices: %w", err)
	}
	slices.SortStableFunc(all, func(a, b unit) int {
		return cmp.Or(slices.Index(stateKinds, a.Kind)-slices.Index(stateKinds, b.Kind), cmp.Compare(a.Code, b.Code))
	})
	var offices []Office
	for _, u := range all {
		if u.ofState() {
			offices = append(offices, Office{ID: u.ID, Name: u.Name})
		}
	}
	return offices, nil
}

// unit reads the row. sound says whether its pin is good.
func (r unitRow) unit(sound bool) unit {
	u := unit{
		ID: r.ID, Code: r.Code, Kind: r.Kind, Sound: sound,
		Province: foldPlace(r.Province), Spelt: strings.ToLower(strings.TrimSpace(r.Province)), Countries: strings.Fields(r.Countries),
		Name: readNames(r.Name),
	}
	if r.ParentID != nil {
		u.ParentID = *r.ParentID
	}
	return u
}

// markSound leaves sound only the units whose whole line upwards is: what stands
// above a unit decides as much as the unit does.
func markSound(units []unit) {
	byID := map[uuid.UUID]unit{}
	for _, u := range units {
		byID[u.ID] = u
	}
	for i, u := range units {
		steps := 0
		for at := u.ParentID; at != uuid.Nil && units[i].Sound; at = byID[at].ParentID {
			steps++
			units[i].Sound = byID[at].Sound && steps <= len(units)
		}
	}
}

// why says what an exclusion rests on, as complaint_exclusions has it.
type why string

const (
	whyAccused why = "accused"
	whyAbove   why = "above"   // a parent of the accused unit, at any distance
	whyBelow   why = "below"   // under it, at any distance
	whyPolice  why = "police"  // another unit of a police whose own is accused
	whyUnknown why = "unknown" // an official of nobody knows which office
)

// exclusions lists who may never receive a complaint that accuses an official
// of that unit: the unit itself, everything above and under it, and where that
// touches the police, all police. Where the office is not known, it is every
// office of the state but police and oversight: police act on what they are
// entitled to, and somebody must be able to. Where somebody changed the unit or
// what stands above it, nobody knows which office it is, either: then it is all
// of these, and what seems to be above and under it.
func exclusions(units []unit, accused uuid.UUID) map[uuid.UUID]why {
	out := map[uuid.UUID]why{}
	known := slices.ContainsFunc(units, func(u unit) bool { return u.ID == accused && u.Sound })
	for _, u := range units {
		if !known && u.ofState() && u.Kind != identity.UnitPolice && u.Kind != identity.UnitOversight {
			out[u.ID] = whyUnknown
		}
	}
	if accused != uuid.Nil {
		excludeLine(units, accused, out)
	}
	return out
}

// excludeLine adds the unit, what is above and under it, and the police that it
// touches.
func excludeLine(units []unit, accused uuid.UUID, out map[uuid.UUID]why) {
	byID := map[uuid.UUID]unit{}
	for _, u := range units {
		byID[u.ID] = u
	}
	above := func(id uuid.UUID) (line []uuid.UUID) {
		for at := byID[id].ParentID; at != uuid.Nil && !slices.Contains(line, at); at = byID[at].ParentID {
			line = append(line, at)
		}
		return line
	}
	out[accused] = whyAccused
	for _, id := range above(accused) {
		out[id] = whyAbove
	}
	police := false
	for _, u := range units {
		if slices.Contains(above(u.ID), accused) {
			out[u.ID] = whyBelow
		}
		_, excluded := out[u.ID]
		police = police || excluded && u.Kind == identity.UnitPolice
	}
	for _, u := range units {
		if _, excluded := out[u.ID]; police && !excluded && u.Kind == identity.UnitPolice {
			out[u.ID] = whyPolice
		}
	}
}

// readNames reads a unit's names; one that cannot be read has none.
func readNames(text string) map[string]string {
	var names map[string]string
	_ = json.Unmarshal([]byte(text), &names)
	return names
}
