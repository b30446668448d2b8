package admin

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

type personPage struct {
	personLine
	Form   views.Form
	Notice string
	Units  []views.Option
	Offers []views.Option // roles
	// Self says that the reader is the person.
	Self bool
}

// Person opens one account.
func (d *Desk) Person(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	return d.person(c, fiber.StatusOK, key, views.Form{}, "")
}

func (d *Desk) person(c *fiber.Ctx, status int, key uuid.UUID, sent views.Form, notice string) error {
	actor := d.web.Actor(c)
	p, err := d.people.Person(c.UserContext(), actor, key)
	if err != nil {
		return err
	}
	page := personPage{personLine: d.personLine(c, p), Form: sent, Notice: notice, Self: p.ID == actor.PersonID, Offers: roleOptions()}
	if page.Units, err = d.unitOptions(c); err != nil {
		return err
	}
	return d.web.Render(c, status, "admin/person", page)
}

func roleOptions() []views.Option {
	options := []views.Option{{Value: "", Key: "people.role.choose"}}
	seen := map[identity.Role]bool{}
	for _, kind := range people.Kinds() {
		for _, role := range people.RolesOf(kind) {
			if !seen[role] {
				options = append(options, views.Option{Value: string(role), Key: "role." + string(role)})
			}
			seen[role] = true
		}
	}
	return options
}

type roleForm struct {
	Unit string `form:"unit" validate:"required,uuid"`
	Role string `form:"role" validate:"required,max=40"`
}

// GiveRole gives a role, or proposes it where it takes two people.
func (d *Desk) GiveRole(c *fiber.Ctx) error {
	return d.change(c, func(key uuid.UUID, f roleForm) (uuid.UUID, error) {
		return d.people.GiveRole(c.UserContext(), d.web.Actor(c), key, uuid.MustParse(f.Unit), identity.Role(f.Role))
	})
}

// EndRole takes a role back.
func (d *Desk) EndRole(c *fiber.Ctx) error {
	return d.change(c, func(key uuid.UUID, f roleForm) (uuid.UUID, error) {
		return uuid.Nil, d.people.EndRole(c.UserContext(), d.web.Actor(c), key, uuid.MustParse(f.Unit), identity.Role(f.Role))
	})
}

// change reads a role in a unit and does something with it: do returns a
// proposal to go to, or the zero id to stay.
func (d *Desk) change(c *fiber.Ctx, do func(key uuid.UUID, f roleForm) (uuid.UUID, error)) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form roleForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		proposal, err := do(key, form)
		if err == nil || fault.KindOf(err) == fault.Conflict {
			return d.done(c, key, sent, proposal, err)
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	return d.person(c, fiber.StatusUnprocessableEntity, key, sent, "")
}

// done goes to the proposal, back to the person, or says why nothing happened.
func (d *Desk) done(c *fiber.Ctx, key uuid.UUID, sent views.Form, proposal uuid.UUID, err error) error {
	switch {
	case fault.KindOf(err) == fault.Conflict:
		return d.person(c, fiber.StatusConflict, key, sent, fault.CodeOf(err))
	case err != nil:
		return err
	case proposal != uuid.Nil:
		return d.web.Redirect(c, "/decisions/"+proposal.String())
	}
	return d.web.Redirect(c, peopleHome+"/"+key.String())
}

// Deactivate closes the account.
func (d *Desk) Deactivate(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	return d.done(c, key, views.Form{}, uuid.Nil, d.people.Deactivate(c.UserContext(), d.web.Actor(c), key))
}

// Return proposes to open it again.
func (d *Desk) Return(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	proposal, err := d.people.ProposeReturn(c.UserContext(), d.web.Actor(c), key)
	return d.done(c, key, views.Form{}, proposal, err)
}

// Readmit proposes that the person may choose another passphrase.
func (d *Desk) Readmit(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	proposal, err := d.people.ProposeReadmission(c.UserContext(), d.web.Actor(c), key)
	return d.done(c, key, views.Form{}, proposal, err)
}

// InviteAgain makes out another code and shows it, this once.
func (d *Desk) InviteAgain(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	actor := d.web.Actor(c)
	code, err := d.people.InviteAgain(c.UserContext(), actor, key)
	if err != nil {
		return d.done(c, key, views.Form{}, uuid.Nil, err)
	}
	p, err := d.people.Person(c.UserContext(), actor, key)
	if err != nil {
		return err
	}
	return d.showCode(c, key, p.Name, code)
}
