// Package agency is the desk of a recruitment agency: where its licence stands,
// its application, the departures it registers, and the people who work for it.
//
// It shows nothing about complaints: an agency never learns here that one
// exists.
package agency

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/placement"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// Desk serves the agency's pages. It is safe for concurrent use.
type Desk struct {
	web          *web.Web
	applications *application.Service
	placements   *placement.Service
	people       *people.Service
	home         country.Home
	// countries are the choices of where to, by language.
	countries map[string][]views.Option
}

// Deps of a Desk.
type Deps struct {
	Web          *web.Web
	Applications *application.Service
	Placements   *placement.Service
	People       *people.Service
	Home         country.Home
}

// New returns the pages of an agency of the home country.
func New(deps Deps) *Desk {
	d := &Desk{
		web: deps.Web, applications: deps.Applications, placements: deps.Placements, people: deps.People, home: deps.Home,
		countries: map[string][]views.Option{},
	}
	for _, lang := range deps.Web.Views().Catalogue().Languages() {
		d.countries[lang] = []views.Option{{Value: "", Key: "placement.country.choose"}}
		for _, c := range country.All(lang) {
			if c.Code != deps.Home.Code {
				d.countries[lang] = append(d.countries[lang], views.Option{Value: c.Code, Text: c.Name})
			}
		}
	}
	return d
}

// homePage is the first page: where the licence stands and what to do next.
type homePage struct {
	Standing application.Standing
	StateKey string
	Tone     string
	// Next is the key of what to do next, below "licensing.next.".
	Next     string
	MayWrite bool
	MayPlace bool
	Last     *application.Paper // the latest application, or nil
}

// Home shows where the agency stands.
func (d *Desk) Home(c *fiber.Ctx) error {
	actor := d.web.Actor(c)
	own, err := d.applications.Own(c.UserContext(), actor)
	if err != nil {
		return err
	}
	page := homePage{Standing: own, StateKey: "licensing.state." + string(own.State), Tone: toneOf(own.State), Next: nextFor(own)}
	page.MayWrite = authority.Enter(actor, authority.ApplicationWrite).Allowed && own.Kind != ""
	page.MayPlace = own.State == licensing.Licensed
	if len(own.Papers) > 0 {
		page.Last = &own.Papers[0]
	}
	return d.web.Render(c, fiber.StatusOK, "agency/home", page)
}

func nextFor(own application.Standing) string {
	if own.State == licensing.Suspended || own.State == licensing.Revoked {
		return string(own.State)
	}
	if open, there := own.Open(); there {
		return map[application.Status]string{application.Draft: "draft", application.Filed: "wait", application.Returned: "returned"}[open.Status]
	}
	switch {
	case own.Kind == application.Renewal && own.State == licensing.Licensed:
		return "renew"
	case own.State == licensing.Licensed, own.State == licensing.NotYet:
		return string(own.State)
	case len(own.Papers) > 0 && own.Papers[0].Status == application.Refused:
		return "refused"
	case own.State == licensing.Expired:
		return "expired"
	}
	return "apply"
}

// toneOf gives the colour of a state's tag; the words say the same.
func toneOf(state licensing.State) string {
	switch state {
	case licensing.Licensed:
		return "green"
	case licensing.Expired, licensing.Suspended:
		return "amber"
	case licensing.Revoked:
		return "red"
	case licensing.NotYet:
		return "blue"
	case licensing.Listed, licensing.Surrendered:
	}
	return "grey"
}
