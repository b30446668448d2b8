package account

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

const factorsPath = "/account/factors"

// factorList is what a page tells of a person's second factors.
type factorList struct {
	Form     views.Form
	All      []factorLine
	Recovery int
	// Optional says that this is a demonstration, in which nobody needs one.
	Optional bool
	// Keys says that security keys work at this site's address.
	Keys bool
	// App says that the person has an app, which another one would replace.
	App  bool
	Done string
}

type factorLine struct {
	identity.Factor
	KindKey string
}

func (d *Desk) factorsOf(c *fiber.Ctx) (factorList, error) {
	mine, err := d.sessions.Factors(c.UserContext(), d.web.Actor(c))
	if err != nil {
		return factorList{}, err
	}
	list := factorList{Recovery: mine.Recovery, Optional: d.web.Demo(), Keys: d.sessions.KeysUsable(), Done: done(c)}
	for _, f := range mine.All {
		list.All = append(list.All, factorLine{Factor: f, KindKey: "account.factor.kind." + string(f.Kind)})
		list.App = list.App || f.Kind == identity.FactorApp
	}
	return list, nil
}

// Factors lists the person's second factors and leads to more.
func (d *Desk) Factors(c *fiber.Ctx) error {
	list, err := d.factorsOf(c)
	if err != nil {
		return err
	}
	return d.web.Render(c, fiber.StatusOK, "account/factors", list)
}

// RemoveFactor takes one away.
func (d *Desk) RemoveFactor(c *fiber.Ctx) error {
	var form struct {
		Factor string `form:"factor" validate:"required,uuid"`
	}
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		factor, err := uuid.Parse(form.Factor)
		if err == nil {
			err = d.sessions.RemoveFactor(c.UserContext(), d.web.Actor(c), factor, d.web.Demo())
		}
		if err == nil {
			return d.web.Redirect(c, factorsPath+"?done=removed")
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	list, err := d.factorsOf(c)
	if err != nil {
		return err
	}
	list.Form = sent
	return d.web.Render(c, fiber.StatusUnprocessableEntity, "account/factors", list)
}

type codesPage struct {
	Form  views.Form
	Codes []string // shown once; none before they are drawn
	Left  int
}

// CodesForm explains recovery codes and offers a set.
func (d *Desk) CodesForm(c *fiber.Ctx) error {
	list, err := d.factorsOf(c)
	if err != nil {
		return err
	}
	if len(list.All) == 0 {
		return d.web.Redirect(c, factorsPath)
	}
	return d.web.Render(c, fiber.StatusOK, "account/codes", codesPage{Left: list.Recovery})
}

// NewCodes draws a set and shows it once.
func (d *Desk) NewCodes(c *fiber.Ctx) error {
	list, err := d.factorsOf(c)
	if err != nil {
		return err
	}
	if len(list.All) == 0 {
		return d.web.Redirect(c, factorsPath)
	}
	codes, err := d.sessions.NewRecoveryCodes(c.UserContext(), d.web.Actor(c))
	if err != nil {
		return err
	}
	return d.web.Render(c, fiber.StatusOK, "account/codes", codesPage{Codes: codes, Left: len(codes)})
}
