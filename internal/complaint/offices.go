package complaint

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

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
		all, err = findUnits(tx)
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
// entitled to, and somebody must be able to.
func exclusions(units []unit, accused uuid.UUID) map[uuid.UUID]why {
	out := map[uuid.UUID]why{}
	if accused == uuid.Nil {
		for _, u := range units {
			if u.ofState() && u.Kind != identity.UnitPolice && u.Kind != identity.UnitOversight {
				out[u.ID] = whyUnknown
			}
		}
		return out
	}
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
	return out
}

// readNames reads a unit's names; one that cannot be read has none.
func readNames(text string) map[string]string {
	var names map[string]string
	_ = json.Unmarshal([]byte(text), &names)
	return names
}
