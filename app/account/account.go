// Package account is where staff of every audience sign in, see who the portal
// takes them for, and sign out.
package account

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// Desk serves the account pages.
type Desk struct {
	web      *web.Web
	sessions *identity.Sessions
	// demo lists the accounts to show on the sign-in page; nil outside the
	// demonstration.
	demo []DemoAccount
}

// DemoAccount is one line of the list on the sign-in page.
type DemoAccount struct{ Email, Passphrase, RoleKey, Unit string }

// New returns the account pages.
func New(w *web.Web, sessions *identity.Sessions, demo []DemoAccount) *Desk {
	return &Desk{web: w, sessions: sessions, demo: demo}
}

type signInForm struct {
	Email      string `form:"email" validate:"required,max=200"`
	Passphrase string `form:"passphrase" validate:"required,max=200"`
}

type signInPage struct {
	Form views.Form
	Demo []DemoAccount
}

const signInView = "account/sign_in"

// SignInForm shows the form.
func (d *Desk) SignInForm(c *fiber.Ctx) error {
	if actor := d.web.Actor(c); actor.Kind == identity.KindStaff {
		return d.web.Redirect(c, web.HomeOf(actor))
	}
	return d.web.Render(c, fiber.StatusOK, signInView, signInPage{Demo: d.demo})
}

// SignIn opens a session and goes to the person's first page.
func (d *Desk) SignIn(c *fiber.Ctx) error {
	var form signInForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		var token string
		var actor identity.Actor
		token, actor, err = d.sessions.SignIn(c.UserContext(), form.Email, form.Passphrase)
		if err == nil {
			d.web.BeginSession(c, token)
			return d.web.Redirect(c, web.HomeOf(actor))
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	sent.Values["passphrase"] = nil // never sent back
	return d.web.Render(c, fiber.StatusUnprocessableEntity, signInView, signInPage{Form: sent, Demo: d.demo})
}

// SignOut ends the session at once.
func (d *Desk) SignOut(c *fiber.Ctx) error {
	if err := d.sessions.Close(c.UserContext(), d.web.Actor(c)); err != nil {
		return err
	}
	d.web.EndSession(c)
	return d.web.Redirect(c, "/sign-in")
}

type accountPage struct {
	Name, RoleKey, Unit string
}

// Show tells a person who the portal takes them for.
func (d *Desk) Show(c *fiber.Ctx) error {
	s, _ := d.web.Session(c)
	unit := s.UnitName[d.web.Lang(c)]
	if unit == "" {
		unit = s.UnitName["en"]
	}
	return d.web.Render(c, fiber.StatusOK, "account/show", accountPage{
		Name: s.Name, RoleKey: "role." + string(s.Actor.Role), Unit: unit,
	})
}
