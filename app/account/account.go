// Package account is where staff of every audience sign in, see who the portal
// takes them for, look after their passphrase, their second factors and their
// sessions, and sign out.
package account

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/identity"
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

type accountPage struct {
	Name, Email, RoleKey, Unit string
	// KeyID is the fingerprint of the person's own key, for colleagues to compare
	// before they give them a role; "" where it is not open.
	KeyID string
	// OtherRoles says that they have more than this one.
	OtherRoles bool
	Factors    factorList
	Sessions   int
	// Done is the key of what was just done; "" for nothing.
	Done string
}

// Show tells a person who the portal takes them for.
func (d *Desk) Show(c *fiber.Ctx) error {
	s, _ := d.web.Session(c)
	factors, err := d.factorsOf(c)
	if err != nil {
		return err
	}
	open, err := d.sessions.List(c.UserContext(), s.Actor)
	if err != nil {
		return err
	}
	hats, err := d.sessions.Hats(c.UserContext(), s)
	if err != nil {
		return err
	}
	return d.web.Render(c, fiber.StatusOK, "account/show", accountPage{
		Name: s.Name, Email: s.Email, RoleKey: "role." + string(s.Actor.Role), Unit: d.web.InLanguage(c, s.UnitName), KeyID: d.web.Member(c).ID(),
		OtherRoles: len(hats) > 1, Factors: factors, Sessions: len(open), Done: done(c),
	})
}

// done reads what the page before has just done; words of the address that the
// portal does not know say nothing.
func done(c *fiber.Ctx) string {
	switch what := c.Query("done"); what {
	case "passphrase", "app", "key", "removed", "ended", "again":
		return "account.done." + what
	}
	return ""
}
