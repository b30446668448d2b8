package licence

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/gofiber/fiber/v2"
)

type agencyPage struct {
	licensing.Record

	Base     string
	Home     string
	Own      bool // an agency's own page
	Overseer bool
	Head     bool // may answer for the agency
	StateKey string
	Tone     string
	Scope    []string
}

// Agency shows a licence with everything that was done about it, and what can be
// done.
func (d *Desk) Agency(c *fiber.Ctx) error {
	agency, err := d.agency(c)
	if err != nil {
		return err
	}
	record, err := d.licensing.Open(c.UserContext(), d.web.Actor(c), agency)
	if err != nil {
		return err
	}
	return d.web.Render(c, fiber.StatusOK, "licence/agency", d.page(c, record))
}

func (d *Desk) page(c *fiber.Ctx, record licensing.Record) agencyPage {
	actor := d.web.Actor(c)
	page := agencyPage{
		Record: record, Base: d.base, Home: d.home(record.Agency), Own: d.own(), Overseer: d.base == "/oversight",
		Head:     d.own() && authority.Enter(actor, authority.LicenceAnswer).Allowed,
		StateKey: "licensing.state." + string(record.State), Tone: toneOf(record.State), Scope: d.web.Scope(d.web.Lang(c), record.Scope.Lines),
	}
	return page
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
	default:
		return "grey"
	}
}

type letterPage struct {
	agencyPage

	Step licensing.Step
	// Lines are of its scope, in each language of the letter.
	Lines map[string][]string
}

// Letter shows one step as the letter that the agency gets, in both languages.
func (d *Desk) Letter(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	step, record, err := d.licensing.Letter(c.UserContext(), d.web.Actor(c), key)
	if err != nil {
		return err
	}
	lines := map[string][]string{}
	for _, lang := range d.web.Views().Catalogue().Languages() {
		lines[lang] = d.web.Scope(lang, step.Scope)
	}
	return d.web.Render(c, fiber.StatusOK, "licence/letter", letterPage{agencyPage: d.page(c, record), Step: step, Lines: lines})
}
