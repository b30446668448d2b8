package account

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

type appPage struct {
	Form   views.Form
	Secret string
	Sealed string
	web.Picture
	Replaces bool
}

// AppForm shows the secret of a new authenticator app.
func (d *Desk) AppForm(c *fiber.Ctx) error {
	app, err := d.sessions.NewApp(d.web.Actor(c))
	if err != nil {
		return err
	}
	return d.showApp(c, fiber.StatusOK, views.Form{}, app)
}

func (d *Desk) showApp(c *fiber.Ctx, status int, form views.Form, app identity.Enrolment) error {
	list, err := d.factorsOf(c)
	if err != nil {
		return err
	}
	picture, err := web.Draw(app.URL)
	if err != nil {
		return err
	}
	return d.web.Render(c, status, "account/app", appPage{
		Form: form, Secret: app.Secret, Sealed: app.Sealed, Picture: picture, Replaces: list.App,
	})
}

// AddApp takes the app's first code.
func (d *Desk) AddApp(c *fiber.Ctx) error {
	var form struct {
		Sealed string `form:"sealed" validate:"required,max=1000"`
		Code   string `form:"code" validate:"required,max=20"`
	}
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		err = d.sessions.AddApp(c.UserContext(), d.web.Actor(c), form.Sealed, form.Code)
		if err == nil {
			return d.enrolled(c, "app")
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	forget(&sent)
	app, err := d.sessions.SameApp(d.web.Actor(c), form.Sealed)
	if err != nil {
		// Too old: a new secret, and the page says why.
		if app, err = d.sessions.NewApp(d.web.Actor(c)); err != nil {
			return err
		}
	}
	return d.showApp(c, fiber.StatusUnprocessableEntity, sent, app)
}

// enrolled goes on to recovery codes for somebody who has none.
func (d *Desk) enrolled(c *fiber.Ctx, what string) error {
	list, err := d.factorsOf(c)
	if err != nil {
		return err
	}
	if list.Recovery == 0 {
		return d.web.Redirect(c, factorsPath+"/codes")
	}
	return d.web.Redirect(c, factorsPath+"?done="+what)
}

type keyPage struct {
	Form    views.Form
	Options string
}

// KeyForm asks for a new security key.
func (d *Desk) KeyForm(c *fiber.Ctx) error { return d.askKey(c, fiber.StatusOK, views.Form{}) }

func (d *Desk) askKey(c *fiber.Ctx, status int, form views.Form) error {
	s, _ := d.web.Session(c)
	options, err := d.sessions.NewKey(c.UserContext(), s.Actor, s.Email)
	if err != nil {
		return err
	}
	return d.web.Render(c, status, "account/key", keyPage{Form: form, Options: options})
}

// AddKey takes the new key's answer.
func (d *Desk) AddKey(c *fiber.Ctx) error {
	var form struct {
		Name   string `form:"name" validate:"required,max=60"`
		Answer string `form:"answer" validate:"required,max=20000"`
	}
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if sent.Errors["answer"] != "" {
		sent.Errors["answer"] = "account.factor.key_refused"
	}
	if !sent.Failed() {
		err = d.sessions.AddKey(c.UserContext(), d.web.Actor(c), form.Name, form.Answer)
		if err == nil {
			return d.enrolled(c, "key")
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	sent.Values["answer"] = nil
	if message := sent.Errors["answer"]; message != "" {
		delete(sent.Errors, "answer")
		sent.Errors["name"] = message
	}
	return d.askKey(c, fiber.StatusUnprocessableEntity, sent)
}
