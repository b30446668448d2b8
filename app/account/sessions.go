package account

import (
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

type sessionsPage struct {
	Open []identity.OpenSession
	// Others says that there are more than this one.
	Others bool
	Done   string
}

// Sessions lists the person's open sessions.
func (d *Desk) Sessions(c *fiber.Ctx) error {
	open, err := d.sessions.List(c.UserContext(), d.web.Actor(c))
	if err != nil {
		return err
	}
	return d.web.Render(c, fiber.StatusOK, "account/sessions", sessionsPage{Open: open, Others: len(open) > 1, Done: done(c)})
}

// EndSessions ends one session of the person's own, or all others.
func (d *Desk) EndSessions(c *fiber.Ctx) error {
	var form struct {
		Session string `form:"session" validate:"required,max=40"`
	}
	if _, err := d.web.Bind(c, &form); err != nil {
		return err
	}
	actor := d.web.Actor(c)
	if form.Session == "others" {
		if err := d.sessions.EndOthers(c.UserContext(), actor); err != nil {
			return err
		}
		return d.web.Redirect(c, "/account/sessions?done=ended")
	}
	session, err := uuid.Parse(form.Session)
	if err != nil {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	if err := d.sessions.End(c.UserContext(), actor, session); err != nil {
		return err
	}
	return d.web.Redirect(c, "/account/sessions?done=ended")
}
