// Package agency is the desk of a recruitment agency: where its licence stands,
// its application, the departures it registers, and the people who work for it.
//
// It shows nothing about complaints: an agency never learns here that one
// exists.
package agency

import (
	"github.com/fairpassage/portal/app/web"
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
	web        *web.Web
	licensing  *licensing.Service
	placements *placement.Service
	people     *people.Service
	// countries and destinations are choices, by language.
	countries    map[string][]views.Option
	destinations map[string][]views.Option
}

// offered are the destinations on the application form, in the order of the
// world's map from home outwards. The service takes any country.
var offered = []string{
	"TH", "MY", "SG", "BN", "HK", "MO", "TW", "JP", "KR", "SA", "AE", "QA", "KW", "BH", "OM", "JO", "LB", "CY", "PL", "RO", "MU", "FJ", "ZA",
}

// New returns the pages of an agency of the home country.
func New(w *web.Web, l *licensing.Service, p *placement.Service, staff *people.Service, home country.Home) *Desk {
	d := &Desk{
		web: w, licensing: l, placements: p, people: staff,
		countries: map[string][]views.Option{}, destinations: map[string][]views.Option{},
	}
	for _, lang := range w.Views().Catalogue().Languages() {
		d.countries[lang] = []views.Option{{Value: "", Key: "placement.country.choose"}}
		for _, c := range country.All(lang) {
			if c.Code != home.Code {
				d.countries[lang] = append(d.countries[lang], views.Option{Value: c.Code, Text: c.Name})
			}
		}
		for _, code := range offered {
			d.destinations[lang] = append(d.destinations[lang], views.Option{Value: code, Text: country.Name(lang, code)})
		}
	}
	return d
}

// homePage is the first page: where the licence stands and what to do next.
type homePage struct {
	Standing licensing.Standing
	StateKey string
	Tone     string
	// Next is the key of what to do next, below "licensing.next.".
	Next     string
	MayFile  bool
	MayPlace bool
	Last     *licensing.Paper // the latest application, or nil
}

// Home shows where the agency stands.
func (d *Desk) Home(c *fiber.Ctx) error {
	actor := d.web.Actor(c)
	own, err := d.licensing.Own(c.UserContext(), actor)
	if err != nil {
		return err
	}
	page := homePage{Standing: own, StateKey: "licensing.state." + string(own.State), Tone: toneOf(own.State), Next: nextFor(own)}
	page.MayFile = authority.Enter(actor, authority.ApplicationFile).Allowed && mayFile(own)
	page.MayPlace = own.State == licensing.Licensed
	if len(own.Papers) > 0 {
		page.Last = &own.Papers[0]
	}
	return d.web.Render(c, fiber.StatusOK, "agency/home", page)
}

// mayFile reports whether the form would be taken.
func mayFile(own licensing.Standing) bool {
	_, open := own.Open()
	return !open && own.State != licensing.Suspended && own.State != licensing.Revoked
}

func nextFor(own licensing.Standing) string {
	if own.State == licensing.Suspended || own.State == licensing.Revoked {
		return string(own.State)
	}
	if _, open := own.Open(); open {
		return "wait"
	}
	if own.State == licensing.Licensed || own.State == licensing.NotYet {
		return string(own.State)
	}
	switch {
	case len(own.Papers) > 0 && own.Papers[0].Status == licensing.Refused:
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
