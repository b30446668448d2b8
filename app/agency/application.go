package agency

import (
	"slices"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

type applicationForm struct {
	Director     string   `form:"director" validate:"required,max=200"`
	Address      string   `form:"address" validate:"required,max=500"`
	Phone        string   `form:"phone" validate:"required,max=60"`
	Destinations []string `form:"destinations" validate:"max=60,dive,len=2"`
	Declaration  string   `form:"declaration" validate:"omitempty,oneof=yes"`
}

func (f applicationForm) application() licensing.Application {
	return licensing.Application{
		Director: f.Director, Address: f.Address, Phone: f.Phone,
		Destinations: f.Destinations, Declared: f.Declaration == "yes",
	}
}

type applicationPage struct {
	Form         views.Form
	Destinations []views.Option
	Asks         licensing.Asks
	Renewal      bool
	// Open is the application that waits for a decision, or nil.
	Open       *licensing.Paper
	OpenPlaces []string // its destinations by name
	Barred     bool
	StateKey   string
}

// inScope leaves the destinations to which the law lets workers be placed, or all
// where it is not configured.
func inScope(all []views.Option, scope []string) []views.Option {
	if len(scope) == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(o views.Option) bool { return !slices.Contains(scope, o.Value) })
}

const applicationView = "agency/application"

// Application shows the form, or the application that waits.
func (d *Desk) Application(c *fiber.Ctx) error {
	return d.showApplication(c, fiber.StatusOK, views.Form{})
}

// File takes the form.
func (d *Desk) File(c *fiber.Ctx) error {
	var form applicationForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		_, err := d.licensing.File(c.UserContext(), d.web.Actor(c), form.application())
		if err == nil {
			return d.web.Redirect(c, "/agency/application")
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	return d.showApplication(c, fiber.StatusUnprocessableEntity, sent)
}

func (d *Desk) showApplication(c *fiber.Ctx, status int, sent views.Form) error {
	own, err := d.licensing.Own(c.UserContext(), d.web.Actor(c))
	if err != nil {
		return err
	}
	lang := d.web.Lang(c)
	page := applicationPage{
		Form: sent, Destinations: inScope(d.destinations[lang], own.Asks.Destinations), Asks: own.Asks, Renewal: own.Licence.Number != "",
		Barred:   own.State == licensing.Suspended || own.State == licensing.Revoked,
		StateKey: "licensing.state." + string(own.State),
	}
	if open, waits := own.Open(); waits {
		page.Open = &open
		for _, code := range open.Destinations {
			page.OpenPlaces = append(page.OpenPlaces, country.Name(lang, code))
		}
	}
	return d.web.Render(c, status, applicationView, page)
}
