package account

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

type signInForm struct {
	Email      string `form:"email" validate:"required,max=200"`
	Passphrase string `form:"passphrase" validate:"required,max=200"`
}

type signInPage struct {
	Form views.Form
	Demo []DemoAccount
	Done string
}

const (
	signInView = "account/sign_in"
	factorView = "account/factor"
	factorPath = "/sign-in/factor"
	againPath  = "/sign-in?done=again"
	rolePath   = "/sign-in/role"
)

// SignInForm shows the form.
func (d *Desk) SignInForm(c *fiber.Ctx) error {
	if actor := d.web.Actor(c); actor.Kind == identity.KindStaff {
		return d.web.Redirect(c, web.HomeOf(actor))
	}
	return d.web.Render(c, fiber.StatusOK, signInView, signInPage{Demo: d.demo, Done: done(c)})
}

// SignIn opens a session and goes to the person's first page, or to the second
// step.
func (d *Desk) SignIn(c *fiber.Ctx) error {
	var form signInForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		var entry identity.Entry
		entry, err = d.sessions.SignIn(c.UserContext(), identity.Attempt{
			Email: form.Email, Passphrase: form.Passphrase, Device: d.web.Device(c),
		})
		if err == nil {
			return d.enter(c, entry)
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	sent.Values["passphrase"] = nil // never sent back
	return d.web.Render(c, fiber.StatusUnprocessableEntity, signInView, signInPage{Form: sent, Demo: d.demo})
}

// enter goes on with what a step of signing in led to.
func (d *Desk) enter(c *fiber.Ctx, entry identity.Entry) error {
	switch {
	case entry.Halfway:
		d.web.BeginHalfway(c, entry.Token)
		return d.web.Redirect(c, factorPath)
	case entry.Choosing:
		d.web.BeginHalfway(c, entry.Token)
		return d.web.Redirect(c, rolePath)
	}
	d.web.EndHalfway(c)
	d.web.KeepDevice(c, entry.Device)
	d.web.BeginSession(c, entry.Token)
	return d.web.Redirect(c, web.HomeOf(entry.Actor))
}

// advance enters by a later step of signing in. One that is no longer open
// starts again.
func (d *Desk) advance(c *fiber.Ctx, entry identity.Entry, err error) error {
	switch {
	case err == nil:
		return d.enter(c, entry)
	case fault.KindOf(err) == fault.NotFound:
		return d.startAgain(c)
	}
	return err
}

func (d *Desk) startAgain(c *fiber.Ctx) error {
	d.web.EndHalfway(c)
	return d.web.Redirect(c, againPath)
}

type proofForm struct {
	Code       string `form:"code" validate:"max=100"`
	Answer     string `form:"answer" validate:"max=20000"`
	Passphrase string `form:"passphrase" validate:"max=200"`
}

func (f proofForm) proof() identity.Proof {
	return identity.Proof{Code: f.Code, Answer: f.Answer, Passphrase: f.Passphrase}
}

type factorPage struct {
	Form views.Form
	// Options is what a security key is asked, as JSON; "" where there is none.
	Options string
}

// FactorForm asks for the second factor.
func (d *Desk) FactorForm(c *fiber.Ctx) error {
	return d.askFactor(c, fiber.StatusOK, views.Form{})
}

func (d *Desk) askFactor(c *fiber.Ctx, status int, form views.Form) error {
	options, err := d.sessions.KeyQuestion(c.UserContext(), d.web.HalfwayToken(c))
	if fault.KindOf(err) == fault.NotFound {
		return d.startAgain(c)
	}
	if err != nil {
		return err
	}
	return d.web.Render(c, status, factorView, factorPage{Form: form, Options: options})
}

// Factor is the second step.
func (d *Desk) Factor(c *fiber.Ctx) error {
	var form proofForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		entry, err := d.sessions.Finish(c.UserContext(), d.web.HalfwayToken(c), form.proof(), d.web.Device(c))
		if !web.Explain(&sent, err) {
			return d.advance(c, entry, err)
		}
	}
	forget(&sent)
	return d.askFactor(c, fiber.StatusUnprocessableEntity, sent)
}

// forget keeps what proves who somebody is out of the page that comes back.
func forget(sent *views.Form) {
	for _, field := range []string{"code", "answer", "passphrase", "old", "new"} {
		sent.Values[field] = nil
	}
	// The answer of a key has no field of its own to point at.
	if message := sent.Errors["answer"]; message != "" {
		delete(sent.Errors, "answer")
		sent.Errors["code"] = message
	}
}

// SignOut ends the session at once.
func (d *Desk) SignOut(c *fiber.Ctx) error {
	if err := d.sessions.Close(c.UserContext(), d.web.Actor(c)); err != nil {
		return err
	}
	d.web.EndSession(c)
	return d.web.Redirect(c, "/sign-in")
}
