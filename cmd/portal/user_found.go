package main

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/views"
)

// founder is who makes what the site does not: the command of the host.
var founder = identity.Setup("user")

type userFoundCmd struct {
	dataFlag
	Unit      string   `required:"" help:"Code of the new unit: small letters, digits and dashes." placeholder:"CODE"`
	Kind      string   `required:"" help:"What it is." enum:"ministry,province,embassy,police,support,oversight,border"`
	NameEn    string   `required:"" help:"Name in English." placeholder:"NAME"`
	NameKm    string   `required:"" help:"Name in Khmer." placeholder:"NAME"`
	Parent    string   `help:"Code of the unit it stands under; none for a head." placeholder:"CODE"`
	Province  string   `help:"Province, as its officials write it; a must for a provincial desk."`
	Countries []string `help:"Countries whose cases an embassy desk takes (ISO codes, with commas)." placeholder:"CODE"`
}

// Run makes the unit, without people.
func (c *userFoundCmd) Run(p *program) error {
	return c.withStaff(p, func(ctx context.Context, s *people.Service) error {
		kind := identity.UnitKind(c.Kind)
		_, err := s.Found(ctx, founder, people.NewUnit{
			Code: c.Unit, Kind: kind, NameEN: c.NameEn, NameLocal: c.NameKm, Province: c.Province, Countries: c.Countries,
		}, c.Parent)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "%s is founded.\nNext: portal user appoint ADDRESS --unit %s --role %s, once its first person has accepted the invitation.\n",
			c.Unit, c.Unit, authority.RolesIn(authority.RoleApprove, kind)[0])
		return nil
	})
}

type userAppointCmd struct {
	dataFlag
	Email string `arg:"" help:"Address of an account whose invitation was accepted."`
	Unit  string `required:"" help:"Code of the unit." placeholder:"CODE"`
	Role  string `required:"" help:"A role that may admit others there: complaints_officer, commander, overseer, support_worker, border_officer." placeholder:"ROLE"`
}

// Run appoints, and tells how to see that the right person holds the account.
func (c *userAppointCmd) Run(p *program) error {
	return c.withStaff(p, func(ctx context.Context, s *people.Service) error {
		who, err := s.Appoint(ctx, founder, people.Appointment{Email: c.Email, Unit: c.Unit, Role: identity.Role(c.Role)})
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "%s is %s of %s, and this is on record as founded by the host.\n", who.Name, c.Role, c.Unit)
		fmt.Fprintf(p.stdout, "Have them read you the key that they saw when they accepted (it stands at /account, too), in person:\n\n    %s\n\n", who.KeyID)
		fmt.Fprintf(p.stdout, "If theirs is another, somebody else took the invitation: portal user deactivate %s\n", c.Email)
		fmt.Fprintln(p.stdout, "Next: portal keys create. Whoever joins from now on is proposed and approved on the site.")
		return nil
	})
}

// withStaff is withPeople for units and roles. It says a fault in words.
func (f dataFlag) withStaff(p *program, do func(context.Context, *people.Service) error) error {
	words, err := views.NewCatalogue()
	if err != nil {
		return err
	}
	return f.withPeople(p, func(db *postgres.DB, who *identity.People) error {
		return inWords(words, do(p.ctx, people.New(people.Deps{DB: db, Clock: clock.System{}, People: who})))
	})
}
