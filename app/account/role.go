package account

import (
	"strings"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

type rolePage struct {
	Form  views.Form
	Roles []views.Option
	// Now is the role of this session: a message, or "" before there is one.
	Now string
}

type roleForm struct {
	Hat string `form:"hat" validate:"required,max=100"`
}

// hat reads what an option of the form stands for; what is none is nobody's.
func (f roleForm) hat() (unit uuid.UUID, role identity.Role) {
	key, name, _ := strings.Cut(f.Hat, "/")
	unit, _ = uuid.Parse(key)
	return unit, identity.Role(name)
}

// option is one role to choose. The unit stands below it.
func (d *Desk) option(c *fiber.Ctx, hat identity.Hat) views.Option {
	return views.Option{Value: hat.UnitID.String() + "/" + string(hat.Role), Key: "role." + string(hat.Role), Hint: d.web.InLanguage(c, hat.UnitName)}
}

// RoleForm asks somebody with several roles in which of them they come.
func (d *Desk) RoleForm(c *fiber.Ctx) error { return d.askRole(c, fiber.StatusOK, views.Form{}) }

func (d *Desk) askRole(c *fiber.Ctx, status int, form views.Form) error {
	hats, err := d.sessions.Choices(c.UserContext(), d.web.HalfwayToken(c))
	if fault.KindOf(err) == fault.NotFound {
		return d.startAgain(c)
	}
	if err != nil {
		return err
	}
	page := rolePage{Form: form}
	for _, hat := range hats {
		option := d.option(c, hat)
		page.Roles = append(page.Roles, option)
		if hat.Worn && form.Values == nil {
			page.Form.Values = map[string][]string{"hat": {option.Value}}
		}
	}
	return d.web.Render(c, status, "account/sign_in_role", page)
}

// Role is the last step of signing in of somebody with several.
func (d *Desk) Role(c *fiber.Ctx) error {
	var form roleForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		unit, role := form.hat()
		entry, err := d.sessions.Choose(c.UserContext(), d.web.HalfwayToken(c), unit, role)
		if !web.Explain(&sent, err) {
			return d.advance(c, entry, err)
		}
	}
	sent.Errors["hat"] = "form.choice"
	return d.askRole(c, fiber.StatusUnprocessableEntity, sent)
}

// SwitchForm offers the person's other roles.
func (d *Desk) SwitchForm(c *fiber.Ctx) error { return d.askSwitch(c, fiber.StatusOK, views.Form{}) }

func (d *Desk) askSwitch(c *fiber.Ctx, status int, form views.Form) error {
	s, _ := d.web.Session(c)
	hats, err := d.sessions.Hats(c.UserContext(), s)
	if err != nil {
		return err
	}
	page := rolePage{Form: form, Now: "role." + string(s.Actor.Role)}
	for _, hat := range hats {
		if !hat.Worn {
			page.Roles = append(page.Roles, d.option(c, hat))
		}
	}
	return d.web.Render(c, status, "account/role", page)
}

// Switch goes on in another role, in a session of its own.
func (d *Desk) Switch(c *fiber.Ctx) error {
	var form roleForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		s, _ := d.web.Session(c)
		unit, role := form.hat()
		entry, err := d.sessions.Switch(c.UserContext(), s, d.web.SessionToken(c), unit, role)
		if err == nil {
			d.web.BeginSession(c, entry.Token)
			return d.web.Redirect(c, web.HomeOf(entry.Actor))
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	sent.Errors["hat"] = "form.choice"
	return d.askSwitch(c, fiber.StatusUnprocessableEntity, sent)
}
