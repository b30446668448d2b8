package account

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

type confirmPage struct {
	Form    views.Form
	To      string // where to go on, a path of this site
	Options string
	// Guarded says that a second factor is asked for, and not the passphrase.
	Guarded bool
}

// ConfirmForm asks a signed-in person to show again who they are.
func (d *Desk) ConfirmForm(c *fiber.Ctx) error {
	return d.askConfirm(c, fiber.StatusOK, views.Form{}, c.Query("to"))
}

func (d *Desk) askConfirm(c *fiber.Ctx, status int, form views.Form, to string) error {
	s, _ := d.web.Session(c)
	options, err := d.sessions.ConfirmQuestion(c.UserContext(), s.Actor)
	if err != nil {
		return err
	}
	return d.web.Render(c, status, "account/confirm", confirmPage{
		Form: form, To: web.OwnPath(to, "/account"), Options: options, Guarded: s.Guarded,
	})
}

// Confirm makes the session fresh and goes on to where the person wanted.
func (d *Desk) Confirm(c *fiber.Ctx) error {
	var proof proofForm
	sent, err := d.web.Bind(c, &proof)
	if err != nil {
		return err
	}
	var target struct {
		To string `form:"to" validate:"max=500"`
	}
	if _, err := d.web.Bind(c, &target); err != nil {
		return err
	}
	if !sent.Failed() {
		s, _ := d.web.Session(c)
		token, err := d.sessions.Confirm(c.UserContext(), s, d.web.SessionToken(c), proof.proof())
		if err == nil {
			d.web.BeginSession(c, token)
			return d.web.Redirect(c, web.OwnPath(target.To, "/account"))
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	forget(&sent)
	return d.askConfirm(c, fiber.StatusUnprocessableEntity, sent, target.To)
}
