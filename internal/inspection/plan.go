package inspection

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Plan is what an officer plans.
type Plan struct {
	AgencyID      uuid.UUID
	ApplicationID uuid.UUID // of that agency, or uuid.Nil
	Day           time.Time // today or later
	Place         string
	Announced     bool // to the agency, before
	Team          []uuid.UUID
}

// Colleague is somebody of the actor's unit who may inspect.
type Colleague struct {
	PersonID uuid.UUID
	Name     string
	Role     identity.Role
}

// Agency is one that can be inspected.
type Agency struct {
	ID        uuid.UUID
	NameLatin string // at least one of the two names is there
	NameLocal string
	Address   string
}

// Choice is what a plan is made of.
type Choice struct {
	Agency     Agency
	Colleagues []Colleague
}

// Planning returns what the form of a plan offers for that agency, or a NotFound
// fault.
func (s *Service) Planning(ctx context.Context, actor identity.Actor, agency uuid.UUID) (Choice, error) {
	if err := authority.Require(actor, authority.InspectionPlan, authority.Object{}); err != nil {
		return Choice{}, err
	}
	var c Choice
	err := s.DB.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if c.Agency, err = findAgency(tx, agency); err != nil {
			return err
		}
		c.Colleagues, err = s.colleagues(tx, actor)
		return err
	})
	if err != nil {
		return Choice{}, fmt.Errorf("read what a plan offers: %w", err)
	}
	return c, nil
}

// Agencies finds agencies by a part of their name, in either script, for a plan.
func (s *Service) Agencies(ctx context.Context, actor identity.Actor, name string) (all []Agency, err error) {
	if err := authority.Require(actor, authority.InspectionPlan, authority.Object{}); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, actor, func(tx postgres.Tx) error {
		all, err = agenciesNamed(tx, name, 20)
		return err
	})
	return all, err
}

// Colleagues lists who of the actor's unit may inspect, for the queue's filter.
func (s *Service) Colleagues(ctx context.Context, actor identity.Actor) (all []Colleague, err error) {
	if err := authority.Require(actor, authority.InspectionList, authority.Object{}); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, actor, func(tx postgres.Tx) error {
		all, err = s.colleagues(tx, actor)
		return err
	})
	return all, err
}

// colleagues are the unit's genuine members who may record. Whoever is both goes
// as inspector.
func (s *Service) colleagues(tx postgres.Tx, actor identity.Actor) (all []Colleague, err error) {
	members, err := s.People.Members(tx, actor.UnitID)
	for _, m := range members {
		for _, role := range []identity.Role{identity.RoleInspector, identity.RoleLicensingOfficer} {
			if slices.Contains(m.Roles, role) {
				all = append(all, Colleague{PersonID: m.PersonID, Name: m.Name, Role: role})
				break
			}
		}
	}
	return all, err
}

// Plan plans an inspection and returns its id. Wrong fields (planned_for, place,
// team) are an Invalid fault.
func (s *Service) Plan(ctx context.Context, actor identity.Actor, p Plan) (uuid.UUID, error) {
	if err := authority.Require(actor, authority.InspectionPlan, authority.Object{}); err != nil {
		return uuid.Nil, err
	}
	wrong := fault.Fields{}
	var code string
	if p.Place, code = text(p.Place, maxPlace, true); code != "" {
		wrong["place"] = code
	}
	if p.Day.IsZero() {
		wrong["planned_for"] = "form.required"
	} else if p.Day.Before(s.Today()) || p.Day.After(s.Today().AddDate(1, 0, 0)) {
		wrong["planned_for"] = "inspection.day_to_come"
	}
	p.Team = unique(p.Team)
	switch {
	case len(p.Team) == 0:
		wrong["team"] = "inspection.team_needed"
	case len(p.Team) > maxTeam:
		wrong["team"] = "inspection.team_large"
	}
	if err := fault.FromFields(wrong); err != nil {
		return uuid.Nil, err
	}
	key := id.New()
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		team, err := s.team(tx, actor, p.Team)
		if err != nil {
			return err
		}
		if _, err := findAgency(tx, p.AgencyID); err != nil {
			return err
		}
		err = insertPlan(tx, key, p, s.Clock.Now())
		if postgres.Violates(err, "inspection_application") {
			return fault.New(fault.NotFound, "problem.not_found")
		}
		if err != nil {
			return err
		}
		for seat, c := range team {
			if err := insertSeat(tx, key, seat+1, c, actor.UnitID); err != nil {
				return err
			}
		}
		return record(tx, actor, "planned", key)
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("plan inspection: %w", err)
	}
	return key, nil
}

// team finds the colleagues of a plan, or is an Invalid fault at team.
func (s *Service) team(tx postgres.Tx, actor identity.Actor, chosen []uuid.UUID) (team []Colleague, err error) {
	all, err := s.colleagues(tx, actor)
	if err != nil {
		return nil, err
	}
	for _, person := range chosen {
		at := slices.IndexFunc(all, func(c Colleague) bool { return c.PersonID == person })
		if at < 0 {
			return nil, fault.Field("team", "form.choice")
		}
		team = append(team, all[at])
	}
	return team, nil
}

// unique drops what is named twice, and keeps the order.
func unique[T comparable](all []T) (kept []T) {
	for _, one := range all {
		if !slices.Contains(kept, one) {
			kept = append(kept, one)
		}
	}
	return kept
}

// CallOff ends an inspection that was planned and does not take place.
func (s *Service) CallOff(ctx context.Context, actor identity.Actor, key uuid.UUID, reason string) error {
	reason, code := text(reason, maxReason, true)
	if code != "" {
		return fault.Field("call_off", code)
	}
	return s.move(ctx, actor, authority.InspectionPlan, key, "called_off", func(tx postgres.Tx, i Inspection) error {
		if err := mayGo(i, CalledOff); err != nil {
			return err
		}
		return callOff(tx, key, reason, s.Clock.Now())
	})
}

// Visit writes down on which day the team was there.
func (s *Service) Visit(ctx context.Context, actor identity.Actor, key uuid.UUID, day time.Time) error {
	switch today := s.Today(); {
	case day.IsZero():
		return fault.Field("visited_on", "form.required")
	case day.After(today), day.Before(today.AddDate(-1, 0, 0)):
		return fault.Field("visited_on", "inspection.day_over")
	}
	return s.move(ctx, actor, authority.InspectionRecord, key, "visited", func(tx postgres.Tx, i Inspection) error {
		if err := mayGo(i, Visited); err != nil {
			return err
		}
		if err := ofTeam(tx, actor, key); err != nil {
			return err
		}
		return visit(tx, key, day, s.Clock.Now())
	})
}
